// Before each test file: properties are tried on the same cases in every run, so that whoever changed nothing about them is not refused.
import fc from "fast-check";

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 20_261_123 });
