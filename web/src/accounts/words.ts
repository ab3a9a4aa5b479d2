// Telegram's word for why an input was not taken, as a sentence.
import { word } from '../i18n/index.ts';

export const refusedWords = (refused: string): string => (/^[A-Z][A-Z_]+$/.test(refused) ? word('refused', refused) : refused);
