// Rules as the API has them (docs/rules.md).
import type { Message, Origin } from '../api/types.ts';

export interface Conditions {
  channels?: string[]; kinds?: string[]; regex?: string; ignoreCase?: boolean;
  keywords?: { anyOf?: string[]; allOf?: string[]; noneOf?: string[]; wholeWords?: boolean };
  hasMedia?: boolean; mediaTypes?: string[]; senders?: string[]; forwarded?: boolean; reply?: boolean; hasLink?: boolean;
  hashtags?: string[]; origins?: Origin[]; tags?: string[];
}
export interface Alert { webhook?: string; email?: string }
export interface ForwardTo { account: string; to: string; copy?: boolean }
export interface Actions { drop?: boolean; redact?: string; tag?: string[]; route?: string[]; alert?: Alert[]; forward?: ForwardTo[] }
export interface RuleBody { name: string; enabled: boolean; position: number; conditions: Conditions; actions: Actions }
export interface Rule extends RuleBody { id: string; createdAt: string; updatedAt: string; matched: number; lastMatchAt?: string }
export interface Problem { field: string; message: string; offset?: number }
export interface Span { offset: number; length: number }
export interface Found { message: Message; spans: Span[]; redactedText?: string; failed?: string }
export interface Trial {
  matched: number; nearlyMatched: number; scanned: number; truncated: boolean; scannedSince?: string; tookMs: number;
  matches: Found[]; nearMisses: Found[]; histogram: { date: string; count: number }[];
}
export const rulesPath = 'telegram-gateway/rules';
