// The frame around sign up, sign in, verify and reset.
import { Outlet } from "@remix-run/react";
import { DoorFrame } from "~/app/frame/door-frame";

export default function Door() {
  return (
    <DoorFrame>
      <Outlet />
    </DoorFrame>
  );
}
