export type DependencyState = 'ok' | 'degraded' | 'down';
export interface Dependency { name: string; role: string; state: DependencyState; detail: string; since: string }
export interface Latency { count: number; p50Ms: number | null; p95Ms: number | null; p99Ms: number | null }
export interface Objective { name: 'capture' | 'stored' | 'polls'; target: number; good: number; total: number; left: number | null }
export interface SystemPoint { at: string; cpu: number; residentBytes: number; captured: number; storedP50Ms: number | null; storedP95Ms: number | null; storedP99Ms: number | null }
export interface SystemData {
  version: string; startedAt: string; uptimeSeconds: number; minutes: number; dependencies: Dependency[];
  latency: { stored: Latency; commit: Latency; polls: Latency };
  journal: { bytes: number; headSeq: number; oldestSeq: number; oldestAt?: string; newestAt?: string };
  process: { residentBytes: number; cpu?: number; memoryHitRatio?: number };
  disk?: { freeBytes: number; totalBytes: number }; objectives: Objective[]; points: SystemPoint[];
}
export interface TimeSeries { stepSeconds: number; points: { at: string; seconds: number; live: number; catchup: number; backfill: number; import: number }[] }
