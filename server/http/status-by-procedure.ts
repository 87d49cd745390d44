// What a procedure answers with over REST when it is not 200.

/** 202: taken in, and still to be done; 201: as the upload door answers (CONTRACTS "Surfaces"). */
export const statusByProcedure: Readonly<Record<string, number>> = { "deployments.create": 202, "uploads.fromGithub": 201 };
