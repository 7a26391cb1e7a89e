//! Pages as customers have them: long and short ones, and such as would confuse a guest who does not look closely.

/// Far longer than any window.
pub const LONG: &str = "<h1>Long</h1><div style='height:6000px'></div><p id=end>The end</p>";

/// Shorter than any window: nothing to scroll.
pub const SHORT: &str = "<h1>Short</h1><p>That is all.</p>";

/// Another document right at the upper edge: a pointer that goes into it leaves this one, but not the window.
pub const IFRAME_AT_THE_TOP: &str =
    "<style>body{margin:0}iframe{display:block;width:400px;height:120px;border:0}</style>
    <iframe srcdoc='<p>An advertisement</p>'></iframe><h1>Under it</h1><p>Text</p>";

/// A dropdown near the upper edge: its list is a window of its own.
pub const SELECT: &str = "<style>body{margin:0}</style><select id=choice style='display:block;width:400px;height:40px'>
    <option>One<option>Two<option>Three</select><h1>Choose</h1>";

/// The host's own dialog, opened and closed by the host.
pub const DIALOG: &str = "<h1>Shop</h1><dialog id=dialog><p>Cookies?</p>
    <form method=dialog><button id=agree>Agree</button></form></dialog>
    <script>document.querySelector('#dialog').showModal()</script>";

/// Fields that a visitor may be typing in.
pub const FIELDS: &str = "<h1>Contact</h1><label>Name <input id=name></label>
    <label>Message <textarea id=message></textarea></label><div id=rich contenteditable>Write here</div>
    <p><button id=elsewhere>Something else</button></p>";

/// Things to click, with something within them, and one that comes into sight only by scrolling.
pub const THINGS: &str = "<h1>Things</h1><button id=buy class=buy><span id=label><b id=bold>Buy</b></span></button>
    <p id=other>Not a button</p><div style='height:3000px'></div><p id=below style='height:100px'>Far below</p>
    <div style='height:3000px'></div>";

/// A single-page application with patches of its own on history, which note every call.
pub const APPLICATION: &str = "<script>
    window.routes = [];
    for (const name of ['pushState', 'replaceState']) {
        const before = history[name];
        history[name] = function (...rest) { routes.push(name + ' ' + rest[2]); return before.apply(this, rest); };
        window['own_' + name] = history[name];
    }
    window.go = (path) => history.pushState({}, '', path);
    // Whether history is as the page left it.
    window.isOwn = () => [history.pushState === own_pushState, history.replaceState === own_replaceState];
    // A second patch, on top of whatever is there by now.
    window.patchLate = () => {
        const before = history.pushState;
        window.late = 0;
        history.pushState = function (...rest) { late += 1; return before.apply(this, rest); };
    };
    </script><h1>Application</h1><div style='height:3000px'></div>";

/// In a page's head, before the snippet: collects whatever would reach the page's own error reporting, and what was warned of.
pub const WATCH: &str = "<script>
    window.errors = []; window.warned = [];
    addEventListener('error', (event) => errors.push(event.message));
    addEventListener('unhandledrejection', (event) => errors.push(String(event.reason)));
    { const warn = console.warn; console.warn = (...words) => { warned.push(words.join(' ')); warn.apply(console, words); }; }
    </script>";

/// In a page's head, before the snippet: notes when a survey first comes onto the page, and whether anybody could see it.
pub const CLOCK: &str = "<script>
    window.shown = null;
    new MutationObserver(() => {
        if (!shown && document.querySelector('pagepoll-survey')) shown = { at: performance.now(), hidden: document.hidden };
    }).observe(document, { childList: true, subtree: true });
    </script>";

/// In a page's head, before the snippet: who visits is always the same, and in no sample of next to nobody.
pub const SAMPLED_OUT: &str = "<script>localStorage['pagepoll:test-site:visitor'] = 1</script>";

/// In a page's head, before the snippet: the stub with which a page can call before the loader is there.
pub const STUB: &str =
    "<script>window.pagepoll=window.pagepoll||function(){(pagepoll.q=pagepoll.q||[]).push(arguments)}</script>";

/// In a page's head, before the snippet: the visitor's clock runs ahead by as many hours as the page was told before.
pub const TIME_MACHINE: &str = "<script>{ const own = Date.now, hours = Number(sessionStorage.hours || 0);
    Date.now = () => own() + hours * 3600000; }</script>";

/// In a page's head, before the snippet: a storage that cannot even be named.
pub const BLOCKED_STORAGE: &str = "<script>for (const name of ['localStorage', 'sessionStorage'])
    Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError'); } });</script>";

/// The same: a storage that is there and takes nothing.
pub const FULL_STORAGE: &str = "<script>Storage.prototype.setItem = function () {
    throw new DOMException('full', 'QuotaExceededError'); };</script>";

/// Somebody's polyfills, trackers and good intentions. What they do to the page is theirs; they must not trip over us, nor we
/// over them.
pub const HOSTILE: [(&str, &str); 8] = [
    ("a fetch that wants a string", "{ const own = window.fetch; window.fetch = function (what, options) {
        if (typeof what != 'string') throw new TypeError('only strings'); return own.call(window, what, options); }; }"),
    ("a fetch that answers with something of its own", "{ const own = window.fetch; window.fetch = function (...all) {
        return own.apply(window, all).then((answer) => new Proxy(answer, { get(target, name) {
            const found = Reflect.get(target, name, target); return typeof found == 'function' ? found.bind(target) : found; } })); }; }"),
    ("a JSON that wraps what it reads", "{ const own = JSON.parse; JSON.parse = (text) => ({ wrapped: own(text) });
        JSON.stringify = () => 'gone'; }"),
    ("prototypes with more on them", "Array.prototype.extra = () => 1; Object.prototype.surprise = 7;
        Function.prototype.also = () => 1;"),
    ("an old Prototype.js", "Array.prototype.toJSON = () => 'old Prototype.js'; String.prototype.toJSON = () => 'old Prototype.js';"),
    ("a date that stands still in 1970", "{ const Own = Date; window.Date = class extends Own {
        constructor(...all) { super(...(all.length ? all : [0])); } static now() { return 0; } }; }"),
    ("storage whose every method throws", "for (const name of ['getItem', 'setItem', 'removeItem', 'key', 'clear'])
        Storage.prototype[name] = () => { throw new Error('storage is mine'); };"),
    ("listeners that must be arrow functions", "{ const own = EventTarget.prototype.addEventListener;
        EventTarget.prototype.addEventListener = function (kind, act, options) {
            return own.call(this, kind, typeof act == 'function' ? function (event) { return act.call(this, event); } : act, options); }; }"),
];

/// A page with something of everything, and a place for an inline survey that is the same whatever the style sheet.
pub const RICH: &str = "<header class=navbar><a class=navbar-brand href='#'>Fernhill</a></header>
    <main class=container><h1 class=title>Help</h1><p>Some text with <a id=before href='#'>a link</a> in it.</p>
    <form><label class=form-label>Name <input class='form-control input' id=name></label><button class='btn button'>Send</button></form>
    <div><div>Without a class</div></div><table class=table><tr><td>One</td><td>Two</td></tr></table></main>
    <aside class=chat>Chat</aside>
    <section id=place style='all: initial !important; position: absolute !important; left: 20px !important; top: 400px !important;
        display: block !important; width: 500px !important'></section>";

/// Style sheets that were written without a thought of guests.
pub const HOST_STYLES: [(&str, &str); 7] = [
    ("all-unset", "* { all: unset !important }"),
    ("hidden-divs", "div:not([class]), section:not([id]), dialog, h2, p, button, input, label, svg { display: none !important }"),
    ("giant-z-index", ".chat { position: fixed; right: 0; bottom: 0; width: 100%; height: 50%; z-index: 2147483647; background: #fff; pointer-events: none }
        * { z-index: 2147483647 !important }"),
    ("transformed", "body { transform: translateX(40px) scale(.8); filter: blur(0); perspective: 100px; contain: layout } * { letter-spacing: 4px; text-transform: uppercase }"),
    ("zoomed", "body { zoom: 1.3 }"),
    ("large-type", "html { font: italic bold 200%/2 monospace; text-align: right; text-indent: 3em; word-spacing: 1em } body { cursor: none; visibility: visible }"),
    ("lively", "* { transition: all 3s !important; opacity: .9 !important; border-radius: 20px !important; direction: rtl !important }
        [popover], pagepoll-survey { display: none !important; inset: 0 !important; width: 10px !important }"),
];

/// In a page's head, before the snippet: every shadow root is open, for those who have to look in from the page.
pub const OPEN_ROOTS: &str = "<script>{ const own = Element.prototype.attachShadow;
    Element.prototype.attachShadow = function (init) { return own.call(this, { ...init, mode: 'open' }); }; }</script>";

/// Before everything else in a page's head, in WebKit alone: keeps hold of every shadow root, closed ones too, because that engine's
/// driver cannot hand them out. They stay closed to the page. Its nonce is there for policies that forbid what is inline.
pub const PEEPHOLE: &str = "<script nonce=peephole>{
    const own = Element.prototype.attachShadow, roots = new WeakMap();
    Element.prototype.attachShadow = function (init) { const root = own.call(this, init); roots.set(this, root); return root; };
    Object.defineProperty(window, 'pagepollPeephole', { value: (host) => roots.get(host) }); }</script>";
