// Any address that leads nowhere.
import { data } from "@remix-run/node";
import { StatusScreen } from "~/app/frame/status-screen";

export function loader() {
  throw data(null, { status: 404 });
}

export default function Nowhere() {
  return null;
}

export function ErrorBoundary() {
  return <StatusScreen isWholePage />;
}
