// The gateway's time, once a second.
import { signal } from '@preact/signals';
import { clockSkew, gatewayNow } from '../api/client.ts';

export const now = signal(gatewayNow());
const tick = (): void => { now.value = gatewayNow(); };
setInterval(tick, 1_000);
clockSkew.subscribe(tick);
