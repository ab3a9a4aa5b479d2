// A page: header with its h1, live state and clock, then main. Focus goes to the h1 on a change of route. NotFound is the
// page of an address that leads nowhere.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { now } from '../app/clock.ts';
import { clockSeconds, weekdayDate, zoneName } from '../app/format.ts';
import { href } from '../app/links.ts';
import { choose, dark } from '../app/settings.ts';
import { live } from '../api/stream.ts';
import { unreachable } from '../api/client.ts';
import { t } from '../i18n/index.ts';
import { Icon, Logo } from '../ui/Icon.tsx';
import { Empty } from '../ui/State.tsx';
import { Bars } from './Bars.tsx';
import { openJump } from './Jump.tsx';
import { pageTitle } from './tab.ts';

export function LiveState() {
  const state = unreachable.value ? 'lost' : live.value;
  return <span class={`live live-${state}`}><i /><span class="cut">{t(`app.${state}`)}</span></span>;
}

export function ThemeButton() {
  const label = dark.value ? t('app.toLight') : t('app.toDark');
  return (
    <button type="button" class="icon-button outlined" aria-label={label} title={label} onClick={() => choose({ theme: dark.peek() ? 'light' : 'dark' })}>
      <Icon name={dark.value ? 'sun' : 'moon'} />
    </button>
  );
}

let shownPath: string | null = null;
/** An h1 that takes the focus when the route changed, and names the page in the tab's title. */
export function Heading({ children, title, class: className }: { children: ComponentChildren; title: string; class?: string }) {
  const element = useRef<HTMLHeadingElement>(null);
  const { path } = useLocation();
  useEffect(() => {
    if (shownPath !== null && shownPath !== path) element.current?.focus({ preventScroll: true });
    shownPath = path;
    pageTitle.value = title;
  }, [title]);
  return <h1 ref={element} tabIndex={-1} class={className}>{children}</h1>;
}

export function Clock() {
  const at = now.value;
  return (
    <span class="clock quiet" title={new Date(at).toISOString().slice(0, 19) + 'Z'}>
      {weekdayDate(at)}, <time>{clockSeconds(at)}</time> · {zoneName()}
    </span>
  );
}

export function Page({ title, actions, children, class: className = '' }: {
  title: string; actions?: ComponentChildren; children: ComponentChildren; class?: string;
}) {
  return (
    <div class="page">
      <header class="top">
        <span class="only-phone"><Logo /></span>
        <Heading title={title}>{title}</Heading>
        <LiveState />
        <span class="spacer" />
        <span class="not-phone"><Clock /></span>
        {actions}
        <span class="not-phone"><ThemeButton /></span>
        <button type="button" class="icon-button only-phone" aria-label={t('jump.title')} onClick={openJump}><Icon name="search" size={20} /></button>
      </header>
      <Bars />
      <main id="main" class={`main ${className}`}>{children}</main>
    </div>
  );
}

export function NotFound() {
  return <Page title={t('app.notFound')}><Empty title={t('app.notFoundText')}><a href={href()}>{t('app.toOverview')}</a></Empty></Page>;
}
