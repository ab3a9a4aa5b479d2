// Live regions: one polite sentence in ten seconds at most, but for what is rare; assertive only for a stopped capture.
import { signal } from '@preact/signals';

const polite = signal('');
const assertive = signal('');
let last = 0;

export function announce(sentence: string, rare = false): void {
  const now = Date.now();
  if (!rare && now - last < 10_000) return;
  last = now;
  polite.value = sentence;
}
export function alertOnce(sentence: string): void { if (assertive.peek() !== sentence) assertive.value = sentence; }

export function Announcer() {
  return (
    <>
      <div class="sr" role="status" aria-live="polite">{polite.value}</div>
      <div class="sr" role="alert">{assertive.value}</div>
    </>
  );
}
