import { render } from 'preact';
import { LocationProvider, Route, Router, lazy } from 'preact-iso';
import { base, loadSession } from './api/client.ts';
import { loadLanguage } from './i18n/index.ts';
import { registerWorker } from './app/worker.ts';
import { Shell } from './shell/Shell.tsx';
import { keepTab } from './shell/tab.ts';
import { NotFound } from './shell/NotFound.tsx';
import { watchVerdict } from './shell/notify.ts';

const Overview = lazy(() => import('./overview/Overview.tsx'));
const Messages = lazy(() => import('./reader/Messages.tsx'));
const Channels = lazy(() => import('./channels/Channels.tsx'));
const AddChannels = lazy(() => import('./channels/AddChannels.tsx'));
const ChannelDetail = lazy(() => import('./channels/ChannelDetail.tsx'));
const Search = lazy(() => import('./find/Search.tsx'));
const Jobs = lazy(() => import('./jobs/Jobs.tsx'));
const Destinations = lazy(() => import('./deliver/Destinations.tsx'));
const Destination = lazy(() => import('./deliver/Destination.tsx'));
const SetAside = lazy(() => import('./deliver/SetAside.tsx'));
const Rules = lazy(() => import('./rules/Rules.tsx'));
const RuleEditor = lazy(() => import('./rules/RuleEditor.tsx'));
const Logs = lazy(() => import('./operate/Logs.tsx'));
const Accounts = lazy(() => import('./accounts/Accounts.tsx'));
const NewAccount = lazy(() => import('./accounts/NewAccount.tsx'));
const System = lazy(() => import('./operate/System.tsx'));
const Login = lazy(() => import('./operate/Login.tsx'));
const Settings = lazy(() => import('./operate/Settings.tsx'));

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

await loadLanguage();
await loadSession().catch(() => undefined);
keepTab();
render(<App />, document.getElementById('app') as HTMLElement);
registerWorker();
watchVerdict();
