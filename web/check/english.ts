// Unit tests speak English, without a fetch.
import { en } from '../src/i18n/en.ts';
import { speak } from '../src/i18n/index.ts';

speak(en, 'en');
