// Loads the dashboard anew when it is older than the gateway that serves it.
import { probe, unreachable } from '../api/client.ts';

const againAfterMs = 60_000;

/** Whether the dashboard is being loaded anew: not twice in a row, nor while the gateway is away and has no page to give. */
export async function reloads(): Promise<boolean> {
  await probe();
  if (unreachable.peek()) return false;
  try {
    if (Date.now() - Number(sessionStorage.getItem('reloaded')) < againAfterMs) return false;
    sessionStorage.setItem('reloaded', String(Date.now()));
  } catch { return false; }  // nowhere to note it: it might never end
  location.reload();
  return true;
}
