#include "export/detail/html_assets.h"

namespace tg::exporting::detail {

std::string_view site_style() {
  return R"css(:root { color-scheme: light dark; --ground: #f6f7f8; --surface: #fff; --text: #11171d; --quiet: #5f6a77;
  --line: #e1e5e9; --accent: #0a6a78; --bad: #a3123f; }
@media (prefers-color-scheme: dark) { :root { --ground: #0e1216; --surface: #14191f; --text: #e7ecf1; --quiet: #8c97a3;
  --line: #262d35; --accent: #53c3d1; --bad: #ff7a93; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 46rem; padding: 1rem; background: var(--ground); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
a { color: var(--accent); }
h1 { font-size: 1.4rem; }
nav { display: flex; gap: 1rem; justify-content: space-between; margin: 1rem 0; }
article, li.chat, .found li { background: var(--surface); border: 1px solid var(--line); border-radius: 8px;
  padding: .6rem .8rem; margin: .5rem 0; }
article:target { border-color: var(--accent); }
article header, footer, small, figcaption, .forward, .service { color: var(--quiet); font-size: .85rem; }
article header b { color: var(--text); }
.deleted { border-style: dashed; }
.deleted header small:last-child { color: var(--bad); }
.text { white-space: pre-wrap; }
.tag { color: var(--accent); }
.spoiler { background: var(--quiet); color: transparent; border-radius: 3px; }
.spoiler:hover, .spoiler:focus { background: none; color: inherit; }
blockquote, .link, .poll { border-left: 3px solid var(--accent); margin: .4rem 0; padding: .1rem .6rem; }
.link p { margin: 0; }
.link small { display: block; }
figure { margin: .4rem 0; }
figure img { display: block; border-radius: 6px; filter: blur(2px); }
ul { padding-left: 1.2rem; }
ul.chats, .found { list-style: none; padding: 0; }
input { width: 100%; font: inherit; padding: .5rem .7rem; border: 1px solid var(--quiet); border-radius: 8px;
  background: var(--surface); color: inherit; }
)css";
}

std::string_view site_script() {
  return R"js('use strict';
const site = { pages: [], parts: new Map() };
const plain = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
const add = (page, rows) => site.parts.set(page, rows.map((row) => [...row, plain(row[2] + ' ' + row[3])]));
const load = (page) => site.parts.has(page) ? Promise.resolve() : new Promise((done, failed) => {
  const script = document.createElement('script');
  script.src = 'search/' + page + '.js';
  script.onload = done;
  script.onerror = failed;
  document.head.append(script);
});

addEventListener('DOMContentLoaded', () => {
  const input = document.querySelector('#search');
  if (!input) return;
  const list = document.querySelector('#found');
  const status = document.querySelector('#status');
  let run = 0;
  const show = (page, row) => {
    const item = document.createElement('li');
    const link = document.createElement('a');
    link.href = site.pages[page][0] + '#m' + row[0];
    link.textContent = site.pages[page][1] + ' · ' + new Date(row[1] * 1000).toISOString().slice(0, 16).replace('T', ' ');
    const text = document.createElement('div');
    text.dir = 'auto';
    text.textContent = row[3];
    item.append(link, text);
    list.append(item);
  };
  const search = async () => {
    const mine = ++run;
    const wanted = plain(input.value.trim());
    list.replaceChildren();
    status.textContent = '';
    if (wanted.length < 2) return;
    let found = 0;
    for (let page = site.pages.length - 1; page >= 0 && found < 200; --page) {
      await load(page);
      if (mine !== run) return;
      const rows = site.parts.get(page);
      for (let i = rows.length - 1; i >= 0 && found < 200; --i) {
        if (rows[i][4].includes(wanted)) { show(page, rows[i]); ++found; }
      }
      status.textContent = found + (found === 200 ? ' found, there are more' : ' found');
    }
  };
  let waiting;
  input.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(search, 200); });
});
)js";
}

}  // namespace tg::exporting::detail
