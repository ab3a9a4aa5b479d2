export const operate = {
  'nav.system': 'System',
  'keys.pause': 'Pause, resume a history', 'keys.follow': 'Follow, stop', 'keys.line': 'Next, previous line', 'keys.openLine': 'Its fields', 'keys.logEnd': 'Newest line',
  'error.scope': 'This needs a token with the scope {scope}. Sign in with one, or ask whoever runs the gateway.',
  'may.unreachable': 'Off while the gateway cannot be reached.', 'may.scope': 'This token may not do that: it needs the scope {scope}.',
  'copy.no': 'Copying needs HTTPS or loopback', 'bar.signIn': 'Sign in',

  'log.atLeast': '{level} and worse', 'log.placeholder': 'Text, or name=value', 'log.filters': 'Filters', 'log.remove': 'Remove {name} {value}', 'log.clear': 'Clear filters',
  'log.following': 'Following', 'log.pausedButton': 'Stopped', 'log.paused': 'Stopped. New lines wait below.', 'log.pausedPill': 'Go on', 'log.toEnd': 'To the newest', 'log.new': { one: '{n} new line', other: '{n} new lines' },
  'log.noneText': 'Only the newest 2,000 lines are in memory; journalctl has older ones.', 'log.noneYet': 'What happens from now on appears here.',
  'log.only': 'Only lines with {name} {value}', 'log.copyValue': 'Copy {name}', 'log.copyAs': 'Copy as journalctl', 'log.copyGap': 'Copy journalctl for it',
  'log.gap': 'Lines are missing here, from {from} to {to}: the page was not connected, and they are no longer in the gateway’s memory.',

  'sys.window': 'How far back', 'sys.hours': { one: '{n} h', other: '{n} h' }, 'sys.well': { one: 'The one dependency works', other: 'All {n} dependencies work' }, 'sys.degraded': { one: '{n} of {of} dependencies limps', other: '{n} of {of} dependencies limp' }, 'sys.down': { one: '{n} of {of} dependencies is down', other: '{n} of {of} dependencies are down' }, 'sys.unknown': 'Nothing is known of the dependencies yet',
  'sys.uptime': 'Running for', 'sys.version': 'version {version}', 'sys.cpu': 'Processor', 'sys.ofCore': 'of one core', 'sys.memory': 'Memory', 'sys.resident': 'in RAM', 'sys.hits': 'Answers from memory', 'sys.hitsText': 'of pages', 'sys.disk': 'Disk free', 'sys.diskOf': 'of {size}',
  'sys.dependencies': 'Dependencies', 'sys.role.journal': 'journal', 'sys.role.disk': 'disk', 'sys.role.store': 'store', 'sys.role.source': 'source', 'sys.role.destination': 'destination', 'sys.state.ok': 'works', 'sys.state.degraded': 'limps', 'sys.state.down': 'down',
  'sys.budget': 'Error budget', 'sys.left': '{percent} left', 'sys.goal.capture': 'Capture runs', 'sys.goal.stored': 'Stored within 500 ms', 'sys.goal.polls': 'Polls answered within 15 ms', 'sys.reached': 'promised {target}, reached {now}', 'sys.target': 'promised {target}', 'sys.budgetSince': 'Of the last {hours} h, as far as the program has run: since {time}.',
  'sys.throughput': 'Messages per minute, by origin', 'sys.throughputSummary': 'Messages per minute by origin, last {hours} hours: most {most}, now {now}', 'sys.stored': 'Seen to stored', 'sys.storedSummary': 'Time from seen to stored, last {hours} hours: p95 now {now}', 'sys.costSummary': '{what}, last {hours} hours: now {now}',
  'sys.latency': 'Latency', 'sys.what': 'What', 'sys.count': 'Count', 'sys.lat.stored': 'Seen to stored', 'sys.lat.commit': 'Commit with fsync', 'sys.lat.polls': 'Consumer polls',
  'sys.journal': 'Journal', 'sys.size': 'Size', 'sys.oldest': 'Oldest event', 'sys.newest': 'Newest event', 'sys.fsync': 'Commit with fsync, p95', 'sys.seq': 'Newest sequence number',

  'set.tabs': 'Settings', 'set.tab.general': 'General', 'set.tab.tokens': 'Tokens', 'set.tab.keeping': 'Keeping', 'set.tab.configuration': 'Configuration', 'set.tab.about': 'About', 'set.sample': 'Messages look like this.',
  'set.notify': 'Notifications', 'set.notifyHint': 'When something is missing, capture stops, or all is well again, while this page is in the background.', 'set.notifyDenied': 'The browser refuses them; allow them for this address in its settings.', 'set.notifyNone': 'They need HTTPS or loopback, and a browser that has them.',

  'ses.title': 'This browser', 'ses.in': 'Signed in; may {scopes}.', 'ses.out': 'Not signed in.', 'ses.signOut': 'Sign out', 'ses.open': 'No sign-in is needed', 'ses.openText': 'This gateway asks for no token: whoever reaches it on this machine may do everything.',
  'tok.new': 'New token', 'tok.name': 'Name', 'tok.begins': 'Begins with', 'tok.scopes': 'Scopes', 'tok.made': 'Made', 'tok.expires': 'Expires', 'tok.used': 'Last used', 'tok.revoke': 'Revoke', 'tok.revokeOf': 'Revoke {name}', 'tok.current': 'this browser', 'tok.expired': 'expired', 'tok.configuration': 'in the configuration', 'tok.inFile': 'remove it there', 'tok.never': 'never', 'tok.unused': 'not yet', 'tok.ago': '{span} ago',
  'tok.open': 'This gateway asks for no token now. Those made here count once auth.require_token is on.', 'tok.none': 'No token', 'tok.noneText': 'A program or a person that calls the API from elsewhere needs one.',
  'tok.nameHint': 'Who it is for: letters, digits, dots, - and _', 'tok.may': 'It may', 'tok.scope.read': 'Read messages, channels and how things stand', 'tok.scope.consume': 'Read, and mark and acknowledge messages', 'tok.scope.admin': 'Everything, tokens and accounts too', 'tok.inDays': { one: 'in {n} day', other: 'in {n} days' }, 'tok.make': 'Make the token', 'tok.taken': 'There is a token with the name {name}. Choose another.',
  'tok.madeTitle': 'Token {name}', 'tok.once': 'Copy it now: it is shown this once. The gateway keeps only its hash.', 'tok.copy': 'Copy the token', 'tok.copyCall': 'Copy as curl', 'tok.send': 'Programs send it as Authorization: Bearer, or as X-Gateway-Token.', 'tok.stored': 'I have stored it',
  'tok.revokeTitle': 'Revoke {name}?', 'tok.revokeText': 'Whatever calls with it is refused from that moment on; its sessions and streams end. It cannot be taken back.', 'tok.revokeOwn': 'You are signed in with this very token: this browser is signed out at once. It cannot be taken back.',

  'keep.messages': 'Messages', 'keep.messagesJournal': 'Kept for ever, in the journal of this machine.', 'keep.messagesEver': 'Kept for ever, in the database.', 'keep.messagesDays': { one: 'Kept for {n} day in the database, then erased.', other: 'Kept for {n} days in the database, then erased.' },
  'keep.deletions': 'Deletions', 'keep.deletionsText': 'What is deleted in a channel stays here, marked as deleted. Nothing is erased because of it.',
  'keep.journal': 'Journal', 'keep.journalDays': { one: 'Events stay for {n} day at least, and until every destination has them.', other: 'Events stay for {n} days at least, and until every destination has them.' }, 'keep.journalWhole': 'The journal is the store, so no event is dropped. Above {size} nothing more is captured.',
  'keep.reserve': 'Disk reserve', 'keep.reserveText': 'Capture stops before less than {size} are free, and goes on by itself when there is room.',
  'keep.media': 'Media', 'keep.mediaNone': 'Files are fetched only when somebody asks for one.', 'keep.mediaText': 'Fetched by themselves: {kinds}, up to {file} each. Above {all} in all, the oldest are removed and can be fetched again.',
  'keep.news': 'What counts as news', 'keep.newsText': 'What was caught up later than {span} after it was posted is kept, but not offered to consumers as new.', 'keep.by': 'Set by', 'keep.change': 'To change it: set the key in {file} and start the gateway again.',

  'cfg.changed': 'Only what was set', 'cfg.filter': 'Filter keys', 'cfg.file': 'Read from {file}.', 'cfg.noFile': 'There is no {file}.', 'cfg.text': 'Secrets stand in files of their own and are not shown. A change counts after a restart.', 'cfg.none': 'No key matches', 'cfg.key': 'Key', 'cfg.value': 'Value', 'cfg.from': 'From',
  'cfg.origin.default': 'default', 'cfg.origin.file': 'file', 'cfg.origin.env': 'environment', 'cfg.origin.flag': 'command line',
  'about.unofficial': 'Unofficial software, not made, approved or supported by Telegram. “Telegram” is a trademark of its owner.', 'about.licence': 'Licence', 'about.api': 'The API as a document', 'about.install': 'Install', 'about.canInstall': 'The browser’s menu installs it; it then opens without network, with what it knew last.', 'about.libraries': 'Made with',
};
