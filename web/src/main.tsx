import { render } from 'preact';
import { LocationProvider, Route, Router } from 'preact-iso';
import { base, loadSession } from './api/client.ts';
import { loadLanguage } from './i18n/index.ts';
import { lazily } from './app/lazily.tsx';
import { registerWorker } from './app/worker.ts';
import { Shell } from './shell/Shell.tsx';
import { keepTab } from './shell/tab.ts';
import { NotFound } from './shell/Page.tsx';
import { watchVerdict } from './shell/notify.ts';

const capture = () => import('./pages/capture.ts');
const operate = () => import('./pages/operate.ts');
const Overview = lazily(() => import('./overview/Overview.tsx'));
const Messages = lazily(() => import('./reader/Messages.tsx'));
const Channels = lazily(() => capture().then((pages) => pages.Channels));
const AddChannels = lazily(() => capture().then((pages) => pages.AddChannels));
const ChannelDetail = lazily(() => capture().then((pages) => pages.ChannelDetail));
const Search = lazily(() => capture().then((pages) => pages.Search));
const Jobs = lazily(() => operate().then((pages) => pages.Jobs));
const Destinations = lazily(() => operate().then((pages) => pages.Destinations));
const Destination = lazily(() => operate().then((pages) => pages.Destination));
const SetAside = lazily(() => operate().then((pages) => pages.SetAside));
const Rules = lazily(() => operate().then((pages) => pages.Rules));
const RuleEditor = lazily(() => operate().then((pages) => pages.RuleEditor));
const Logs = lazily(() => operate().then((pages) => pages.Logs));
const Accounts = lazily(() => capture().then((pages) => pages.Accounts));
const NewAccount = lazily(() => capture().then((pages) => pages.NewAccount));
const System = lazily(() => operate().then((pages) => pages.System));
const Login = lazily(() => operate().then((pages) => pages.Login));
const Settings = lazily(() => operate().then((pages) => pages.Settings));

function App() {
  return (
    <LocationProvider>
      <Shell>
        <Router>
          <Route path={base} component={Overview} />
          <Route path={`${base}c/:peer?/:message?`} component={Messages} />
          <Route path={`${base}search`} component={Search} />
          <Route path={`${base}channels`} component={Channels} />
          <Route path={`${base}channels/add`} component={AddChannels} />
          <Route path={`${base}channels/:peer`} component={ChannelDetail} />
          <Route path={`${base}jobs`} component={Jobs} />
          <Route path={`${base}destinations`} component={Destinations} />
          <Route path={`${base}destinations/:name`} component={Destination} />
          <Route path={`${base}set-aside`} component={SetAside} />
          <Route path={`${base}rules`} component={Rules} />
          <Route path={`${base}rules/:id`} component={RuleEditor} />
          <Route path={`${base}logs`} component={Logs} />
          <Route path={`${base}accounts`} component={Accounts} />
          <Route path={`${base}accounts/new`} component={NewAccount} />
          <Route path={`${base}system`} component={System} />
          <Route path={`${base}settings/:tab?`} component={Settings} />
          <Route path={`${base}login`} component={Login} />
          <Route default component={NotFound} />
        </Router>
      </Shell>
    </LocationProvider>
  );
}

async function start(): Promise<void> {
  const root = document.getElementById('app') as HTMLElement;
  try {
    const session = loadSession().catch(() => undefined);
    // The page says itself that the gateway does not answer.
    await Promise.all([loadLanguage(), Promise.race([session, new Promise((go) => setTimeout(go, 2_000))])]);
  } catch {
    // Neither language is there to say it in.
    root.textContent = 'The dashboard did not load whole. Reload the page. · O painel não carregou por inteiro. Recarregue a página.';
    return;
  }
  keepTab();
  render(<App />, root);
  registerWorker();
  watchVerdict();
}

void start();
