// Pagepoll's loader: decides, at the cost of this one file, whether the widget is needed on this page.
// The collector fills in the __NAMES__. The answer to "nothing to do here" must stay under 2 kB (cargo xtask size).
(() => {
  const site = "pagepoll:__SITE__", config = "__CONFIG__", tag = document.currentScript, origin = new URL(tag.src).origin;
  const quit = new AbortController(), until = { signal: quit.signal }, calls = [];
  let consented = tag.dataset.consent != "required", began = 0, visit = "", page, told, started, tried, widget, poll, address;
  if (window[site]) return;
  window[site] = 1;

  // Where storage is blocked, or not wanted, an object that lasts as long as the page.
  const area = (name) => { try { return window[name] || {}; } catch { return {}; } };
  // The site's choice first; in the others may be what was kept before it chose anew.
  const stores = ["__STORE__", "localStorage", "sessionStorage"].map(area), store = stores[0];
  const keys = (start, of = store) => Object.keys(of).filter((key) => key.startsWith(site + start));
  const forget = (kept) => stores.forEach((of) => keys(":", of).forEach((key) => kept.test(key) || delete of[key]));

  // What the page says by pagepoll(): heard by the widget, and before that kept for it.
  const isOurs = typeof window.pagepoll != "function";
  if (isOurs) window.pagepoll = function () { pagepoll.q.push(arguments); };
  const early = pagepoll.q || [];
  const hear = (call) => {
    const command = call[0];
    // Consent is the loader's business until then: a "no" heard afterwards would drop what was said behind it.
    widget ? widget(call) : command == "consent" || calls.length < 100 && calls.push(call);
    if (command == "consent" && !(consented = call[1])) forget(/^$/);
    if (command == "reset") forget(/:out:|:why$/);
    if (command == "remove") {
      quit.abort();
      clearInterval(poll);
      delete window[site];
      isOurs ? delete window.pagepoll : delete pagepoll.q;
    } else arrive();
  };
  // What rules may ask about on another page wakes the widget on this one.
  const isForLater = (call) => __CALLS__ && /^(track|identify)$/.test(call[0]);

  // An answer that has not been delivered yet wakes the widget on any page; so do calls to be remembered, and a link that
  // asks why or has leave to preview a survey. Otherwise it sleeps where nothing can show to this visitor before some time, unless the surveys change.
  const isNeeded = () => {
    if (store[site + ":why"] || calls.some(isForLater) || keys(":out:")[0]) return 1;
    const [surveys, time] = (store[site + ":sleep"] || "").split(" ");
    if (surveys == config && Date.now() < time) return;
    // See survey::gate for what the pattern expects. A path that cannot be decoded is let through.
    try { return RegExp(__GATE__, "i").test(decodeURI(location.pathname).replace(/\/+$/, "")); } catch { return 1; }
  };

  const start = async () => {
    if (started || tried == page || !consented || !isNeeded()) return;
    started = 1;
    try {
      const token = store[site + ":why"];
      let files = { js: "__JS__", wasm: "__WASM__" };
      if (token) {
        const answer = await fetch(origin + "/w/__KEY__.why." + token + ".json");
        if (answer.ok) files = await answer.json();
        else {
          console.warn("Pagepoll: this link has expired");
          delete store[site + ":why"];
          started = 0;
          return start();
        }
      }
      // In the page's language, or one that the visitor reads.
      const languages = [document.documentElement.lang].concat(navigator.languages);
      // What fails is heard of where it is awaited, which may be later.
      const load = (file) => { const answer = fetch(origin + file); answer.catch(() => 0); return answer; };
      const wasm = load(files.wasm), surveys = load((files.config || config) + "?l=" + languages), glue = await import(origin + files.js);
      await glue.default({ module_or_path: wasm });
      const bytes = new Uint8Array(await (await surveys).arrayBuffer());
      if (!consented || quit.signal.aborted) return started = 0;
      // The ticket says that this page was given its loader by the collector itself, and not long ago.
      widget = glue.start(origin + "/t/__KEY__.__TICKET__", config, bytes, began, visit);
      widget && calls.splice(0).forEach((call) => widget(call));
    } catch (error) {
      // To the console's install check, where that opened this page; the browser tells nobody of another origin.
      window.opener?.postMessage("pagepoll " + error, origin);
      tried || console.warn(`Pagepoll cannot run. Under a Content-Security-Policy it needs script-src ${origin} 'wasm-unsafe-eval'; connect-src ${origin}`, error);
    }
    // Where that failed, the next page tries again.
    tried = page, started = widget;
  };

  // Visits and their pages, where some rule asks for them. Half an hour without a new page ends a visit.
  const count = () => {
    const now = Date.now();
    let [visits, since, last, pages, campaign] = (store[site + ":visit"] || "").split(" ");
    if (!(now - last < 18e5)) {
      visits = ~~visits + 1, since = now, pages = 0, campaign = location.search.match(/utm_[^&]*/g)?.join("&");
    }
    store[site + ":visit"] = visit = [visits, since, now, ~~pages + 1, campaign].join(" ");
  };

  // A page view among those that estimates of a rule's reach are made from. __proto__: some pages patch Object's.
  const sample = () => navigator.sendBeacon(origin + "/v1/views", JSON.stringify({
    __proto__: null, v: 1, site: "__KEY__", page: location.hostname + location.pathname,
    referrer: document.referrer.match(/^\w+:\/\/[^/]*|/)[0], language: navigator.language,
    device: matchMedia("(pointer:coarse)").matches ? Math.min(screen.width, screen.height) < 600 ? "phone" : "tablet" : "desktop",
  }));

  // Nothing before the page's own load, nor for those who want to be left alone.
  // Begins a page view where the page has become another: opened, a route of a single-page application, brought back.
  const isRefused = __GPC__ && navigator.globalPrivacyControl || __DNT__ && navigator.doNotTrack == 1;
  const arrive = (event = {}) => {
    if (isRefused || document.readyState != "complete") return;
    const here = location.pathname + (location.hash.match(/^#[/!].*/) || "");
    if (here != page || event.persisted) {
      if (page) began = performance.now();
      page = here, told = 0;
    }
    if (!consented) return;
    if (!told) {
      told = 1;
      // Fails where there is no such parameter, as does counting where storage is full.
      try { store[site + ":why"] = /[?&]pagepoll=why\.([\w-]+)/.exec(location.search)[1]; } catch { /* none */ }
      try { __COUNT__ && count(); } catch { /* full */ }
      try { Math.random() < __VIEWS__ && sample(); } catch { /* patched */ }
    }
    widget ? widget(["route", event.type, visit]) : (window.requestIdleCallback || setTimeout)(start, { timeout: 2e3 });
  };

  const ready = () => {
    arrive();
    for (const kind of ["popstate", "hashchange", "pageshow"]) addEventListener(kind, arrive, until);
    // Where nothing tells of new routes, the address is looked at. The page's own history stays as it is.
    if (window.navigation) navigation.addEventListener("navigatesuccess", arrive, until);
    else poll = setInterval(() => document.hidden || address == (address = location.href) || arrive(), 500);
  };
  // A widget that starts later cannot know how long the page was hidden: it counts from when it last came into sight.
  addEventListener("visibilitychange", () => began = performance.now(), until);
  pagepoll.q = { push: hear };
  early.forEach(hear);
  document.readyState == "complete" ? ready() : addEventListener("load", ready, until);
})();
