// The end of a busy channel: who reads there stays there, also after a sleep; who scrolls away is left alone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { api, close, done, open, until, use } from './browser.mjs';
import { ownGateway } from './own.mjs';

let own;
let channelId;
before(async () => {
  own = await ownGateway({ demo: ['--rate', '40', '--channels', '1', '--history', '200'] });
  use(own.url);
  ({ channelId } = (await api('telegram-gateway/channels?px=20'))[0]);
});
after(async () => { await close(); await own?.remove(); });

const newestId = async () => (await api(`messages?channelId=${channelId}&limit=1&sort=newest&includeDeleted=true`))[0].messageId;
const place = (page) => page.evaluate(() => {
  const list = document.querySelector('.scroller');
  return { below: list.scrollHeight - list.scrollTop - list.clientHeight, last: Number([...list.querySelectorAll('[data-id]')].at(-1).dataset.id.split(':')[1]) };
});
const atEnd = async (page, id) => { const { below, last } = await place(page); return below < 60 && last >= id; };

/** As a computer that sleeps: nothing of the browser runs, and the gateway goes on. */
async function sleepWhile(page, happens) {
  const system = await page.context().browser().newBrowserCDPSession();
  const pids = (await system.send('SystemInfo.getProcessInfo')).processInfo.map(({ id }) => id);
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  try { await happens(); } finally { for (const pid of pids) process.kill(pid, 'SIGCONT'); }
}

test('a sleep longer than what is looked back leaves the reader at the end', async () => {
  const page = await open(`c/${channelId}`);
  await page.waitForSelector('.bubble');
  // A slow computer lays a large batch out for seconds.
  await (await page.context().newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: 6 });
  for (let n = 0; n < 3; n += 1) {
    const from = await newestId();
    await until('the list follows', () => atEnd(page, from));
    await sleepWhile(page, () => until('1,200 messages were posted', async () => (await newestId()) > from + 1_200, 60_000));
    const to = await newestId();
    await until(`${to} is shown, at the end`, () => atEnd(page, to)).catch(async (error) => { throw new Error(`${error.message}; round ${n}, ${JSON.stringify(await place(page))}`); });
  }
  page.problems.length = 0;  // the gateway ends a stream that nobody reads
  await done(page);
});

test('who scrolls up by wheel, key or by hand is not pulled back', async () => {
  const page = await open(`c/${channelId}`);
  await page.waitForSelector('.bubble');
  const ways = {
    wheel: async () => { await page.mouse.move(720, 500); await page.mouse.wheel(0, -900); },
    key: async () => { await page.focus('.scroller'); await page.keyboard.press('PageUp'); },
    script: () => page.evaluate(() => { document.querySelector('.scroller').scrollBy(0, -900); }),
    step: async () => { for (let n = 0; n < 20; n += 1) await page.keyboard.press('k'); },
  };
  for (const [way, scroll] of Object.entries(ways)) {
    await page.keyboard.press('End');
    const from = await newestId();
    await until(`at the end before ${way}`, () => atEnd(page, from));
    await until(`${way} leaves the end`, async () => { await scroll(); return (await place(page)).below > 300; });
    const then = await newestId();
    await until('more was posted', async () => (await newestId()) > then + 60);
    const { below } = await place(page);
    assert.ok(below > 300, `${way}: ${below} px above the end`);
    await page.waitForSelector('.new-pill');
  }
  await done(page);
});
