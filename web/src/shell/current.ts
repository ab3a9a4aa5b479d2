import { signal } from '@preact/signals';

/** The channel that is open in the reader, so that a bare id can be jumped to. */
export const currentPeer = signal<string | null>(null);
