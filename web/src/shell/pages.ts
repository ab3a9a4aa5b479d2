// What stands in the navigation: only pages with something behind them.
import type { Key } from '../i18n/index.ts';
import type { IconName } from '../ui/Icon.tsx';

export interface NavPage { path: string; key: Key; icon: IconName; group?: Key; letter?: string; badge?: 'channels' | 'destinations' | 'jobs' | 'setAside' | 'accounts' }
export const pages: NavPage[] = [
  { path: '', key: 'nav.overview', icon: 'overview', letter: 'o' },
  { path: 'c', key: 'nav.messages', icon: 'messages', letter: 'm' },
  { path: 'search', key: 'nav.search', icon: 'search' },
  { path: 'channels', key: 'nav.channels', icon: 'channels', group: 'nav.capture', letter: 'c', badge: 'channels' },
  { path: 'accounts', key: 'nav.accounts', icon: 'accounts', group: 'nav.capture', badge: 'accounts' },
  { path: 'jobs', key: 'nav.jobs', icon: 'jobs', group: 'nav.capture', badge: 'jobs' },
  { path: 'destinations', key: 'nav.destinations', icon: 'destinations', group: 'nav.deliver', letter: 'd', badge: 'destinations' },
  { path: 'set-aside', key: 'nav.setAside', icon: 'setAside', group: 'nav.deliver', badge: 'setAside' },
  { path: 'rules', key: 'nav.rules', icon: 'rule', group: 'nav.deliver' },
  { path: 'logs', key: 'nav.logs', icon: 'logs', group: 'nav.operate', letter: 'l' },
  { path: 'system', key: 'nav.system', icon: 'system', group: 'nav.operate' },
  { path: 'settings', key: 'nav.settings', icon: 'settings', group: 'nav.operate' },
];
export const isAt = (path: string, current: string, base: string): boolean => {
  const here = current.slice(base.length).replace(/^\/+/, '');
  return path === '' ? here === '' : here === path || here.startsWith(`${path}/`);
};
