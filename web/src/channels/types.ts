// What the API says of channels beyond the overview's rows.
import type { BarState, Channel } from '../api/types.ts';

export interface ChannelRow extends Channel { registered: boolean; description?: string | null }

export interface NamedChannel {
  asked: string; line?: number; state: 'found' | 'invalid' | 'unknown' | 'closed' | 'refused' | 'waiting'; registered: boolean; added: boolean;
  reason?: string; fix?: string; waitUntil?: string; channelId?: string; title?: string; username?: string; kind?: string; picture?: string;
  member?: boolean; asksToJoin?: boolean; members?: number; newestId?: number; messages?: number; requests?: number; secondsToFetch?: number; note?: string;
}
export interface NamedChannels { rows: NamedChannel[]; found: number; refused: number; waiting: number; added: number; messages: number; secondsToFetch: number; waitUntil?: string }
export interface Folder { id: number; name: string }

export interface Stats {
  statistics: { totalMessages: number; messagesLast24h: number; messagesLast7d: number; messagesLast30d: number; averagePerDay: number; messagesWithMedia: number; mediaPercentage: number };
  topSenders: { sender: string; count: number }[]; messagesByDate: { date: string; count: number }[]; hourOfWeek: number[];
}
export interface TimeBar { from?: string; to?: string; bar?: { from: string; to: string; state: BarState }[] }
export interface Consumer { name: string; ackSeq: number; pending: number; createdAt: string; lastSeenAt?: string; ackedAt?: string; origins: string[] }
