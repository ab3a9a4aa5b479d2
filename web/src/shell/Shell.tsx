// What stands around every page.
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { useKeys } from '../app/keys.ts';
import { href } from '../app/links.ts';
import { useOverviewStream } from '../app/useOverview.ts';
import { t } from '../i18n/index.ts';
import { Announcer } from '../ui/Announce.tsx';
import { TipLayer, hideTip } from '../ui/Tip.tsx';
import { Jump, jumpOpen } from './Jump.tsx';
import { KeysHelp, keysOpen } from './KeysHelp.tsx';
import { BottomBar, Sidebar } from './Nav.tsx';
import { SignIn } from './SignIn.tsx';
import { pages } from './pages.ts';

function skip(event: Event): void {
  event.preventDefault();
  const main = document.getElementById('main');
  main?.setAttribute('tabindex', '-1');
  main?.focus();
}

export function Shell({ children }: { children: ComponentChildren }) {
  const { route, path } = useLocation();
  useOverviewStream();
  useEffect(hideTip, [path]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') { event.preventDefault(); jumpOpen.value = !jumpOpen.value; }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  const letters = pages.filter(({ letter }) => letter).map(({ letter, path: to }) => [`g ${letter as string}`, () => route(href(to))] as const);
  useKeys({
    g: () => undefined,
    ...Object.fromEntries(letters),
    '?': () => { keysOpen.value = true; },
    '/': () => {
      const box = document.querySelector<HTMLInputElement>('.query input');
      if (!box) { route(href('search')); return; }
      box.focus();
      box.select();
    },
  });
  return (
    <div class="app">
      <a class="skip" href="#main" onClick={skip}>{t('app.skip')}</a>
      <Sidebar />
      {children}
      <BottomBar />
      <Announcer />
      <TipLayer />
      <Jump />
      <KeysHelp />
      <SignIn />
    </div>
  );
}
