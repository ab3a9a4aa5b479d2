// Every icon of the dashboard, by what it means here.
import {
  Activity, ArrowDown, ArrowLeft, ArrowRight, Calendar, Check, ChevronDown, CircleCheck, CircleDashed, Clock, Copy, CornerUpLeft, CornerUpRight,
  Database, Download, Ellipsis, Eye, Gauge, Pause, KeyRound, File, Funnel, House, Inbox, Layers, Link, MessagesSquare, Moon, Music, OctagonX, Pencil, Play,
  Power, RadioTower, Rabbit, RefreshCw, RotateCcwClock, ScrollText, Search, Settings, Sun, Table, TriangleAlert, Trash, Users, Waypoints, Webhook, X, Image, MapPin, ChartColumn, Contact, Smile, HardDrive,
  type LucideProps,
} from 'lucide-preact';

const icons = {
  overview: House, messages: MessagesSquare, search: Search, channels: RadioTower, jobs: RotateCcwClock, destinations: Waypoints,
  setAside: Inbox, logs: ScrollText, settings: Settings, accounts: Users, activity: Activity,
  ok: CircleCheck, check: Check, warn: TriangleAlert, bad: OctagonX, busy: RotateCcwClock, unknown: CircleDashed, silent: Clock, stopped: Power, go: ArrowRight, back: ArrowLeft,
  system: Gauge, paused: Pause, live: Activity, token: KeyRound,
  sun: Sun, moon: Moon, sync: RefreshCw, down: ArrowDown, chevron: ChevronDown, close: X, more: Ellipsis, copy: Copy, link: Link, calendar: Calendar,
  download: Download, filter: Funnel, eye: Eye, edit: Pencil, bin: Trash, reply: CornerUpLeft, forward: CornerUpRight, table: Table, chart: ChartColumn, disk: HardDrive,
  store: Database, database: Database, rule: Funnel, cache: Layers, stream: Layers, broker: Rabbit, webhook: Webhook, consumer: CircleCheck, journal: HardDrive, destination: Waypoints,
  photo: Image, video: Play, video_note: Play, animation: Play, audio: Music, voice: Music, document: File, location: MapPin, contact: Contact, sticker: Smile, poll: ChartColumn, other: File,
};
export type IconName = keyof typeof icons;

export function Icon({ name, size = 18, class: className, ...rest }: { name: string; size?: number; class?: string } & Omit<LucideProps, 'name' | 'size'>) {
  const Shape = icons[name as IconName] ?? icons.unknown;
  return <Shape size={size} strokeWidth={1.75} aria-hidden="true" focusable="false" class={className} {...rest} />;
}

export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg class="logo" width={size} height={size} viewBox="0 0 28 28" aria-hidden="true">
      <rect width="28" height="28" rx="7" class="logo-ground" />
      <path class="logo-line" d="M10.2 7.5H8.6A1.6 1.6 0 0 0 7 9.1v9.8a1.6 1.6 0 0 0 1.6 1.6h1.6M17.8 7.5h1.6A1.6 1.6 0 0 1 21 9.1v9.8a1.6 1.6 0 0 1-1.6 1.6h-1.6M10.6 14.2l2.4 2.4 4.5-4.8" />
    </svg>
  );
}
