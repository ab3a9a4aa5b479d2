// Why a button that changes something is off, or nothing: what it needs is named, and the page stays.
import { whyNot } from '../shell/may.ts';

export const offBecause = (): string | undefined => whyNot('admin') || undefined;
