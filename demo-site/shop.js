// Fernhill, the demo shop: cart, product page and filter. It has nothing to do with Pagepoll.
"use strict";

const FREE_FROM = 6000; // prices are in pence
const DELIVERY = 495;

const GOODS = {
  "monstera": {
    name: "Monstera", latin: "Monstera deliciosa", price: 3400, tile: "mint",
    line: "The one with the holes. Every new leaf opens a little more cut than the last, and the first full one is worth a photograph.",
    facts: { "Light": "Bright, out of direct sun", "Water": "When the top 4 cm are dry", "Height now": "About 55 cm", "Pets": "Keep away from cats and dogs" },
    care: "Turn it a quarter every week or it will walk towards the window. The brown ropes are air roots: tuck them into the soil or let them hang, but do not cut them. Wipe the leaves with a damp cloth when you dust the shelves.",
  },
  "snake-plant": {
    name: "Snake plant", latin: "Dracaena trifasciata", price: 2200, tile: "butter",
    line: "For the corner where everything else has died. It stands up straight, asks for nothing, and outlives leases.",
    facts: { "Light": "Anything but darkness", "Water": "When the whole pot is dry", "Height now": "About 45 cm", "Pets": "Keep away from cats and dogs" },
    care: "Once a month is plenty, and in winter once in two. It likes to be tight in its pot: repot only when it has split the old one, which it will.",
  },
  "boston-fern": {
    name: "Boston fern", latin: "Nephrolepis exaltata", price: 1800, tile: "sky",
    line: "A green fountain for the bathroom shelf. Bring it steam and it will reward you with a metre of frond.",
    facts: { "Light": "Soft or dim", "Water": "When the surface is just dry", "Width now": "About 40 cm", "Pets": "Safe with cats and dogs" },
    care: "It minds dry air more than dim light, so a bathroom is better than a sill above a radiator. Cut old fronds at the base and new ones come up like question marks.",
  },
  "rubber-plant": {
    name: "Rubber plant", latin: "Ficus elastica", price: 2900, tile: "blush",
    line: "Leaves like polished shoes, wine red below. It grows one at a time and makes a ceremony of each.",
    facts: { "Light": "Bright, some morning sun", "Water": "When half the pot is dry", "Height now": "About 60 cm", "Pets": "Keep away from cats and dogs" },
    care: "Choose its place and leave it there: it drops a leaf each time it is moved. Pinch the red tip in spring if you want branches and not a flagpole.",
  },
  "string-of-hearts": {
    name: "String of hearts", latin: "Ceropegia woodii", price: 1600, tile: "stone",
    line: "Threads of small marbled hearts that let themselves down from a shelf, a hand's width each month.",
    facts: { "Light": "Bright, and some sun", "Water": "When a leaf folds if pinched", "Length now": "About 35 cm", "Pets": "Safe with cats and dogs" },
    care: "Hang it where light falls on the top of the pot, not only on the strings. The beads along the thread are tubers: lay one on damp soil and it becomes another plant.",
  },
  "ridge-pot": {
    name: "Ridge pot", latin: "Terracotta, 17\u00a0cm", price: 1900, tile: "sky",
    line: "Thrown by Tomos, ribbed with his thumbnail, and left unglazed so that it breathes.",
    facts: { "Fits": "Plants in a 15 cm pot", "Hole": "Yes, 22 mm", "Saucer": "Included", "Made": "Behind the shop" },
    care: "White bloom on the outside is lime from the water, and we think it handsome. If you do not, a brush and a little vinegar remove it.",
  },
  "pilea": {
    name: "Pilea", latin: "Pilea peperomioides", price: 1400, tile: "butter",
    line: "A handful of green coins on stalks. It makes small copies of itself to be given to friends.",
    facts: { "Light": "Bright, out of direct sun", "Water": "When half the pot is dry", "Height now": "About 25 cm", "Pets": "Safe with cats and dogs" },
    care: "Turn it at every watering, because it leans. When a pup has four leaves, cut it away below the soil and put it in a glass of water.",
  },
  "calathea": {
    name: "Calathea", latin: "Goeppertia orbifolia", price: 2700, tile: "lilac",
    line: "Striped as if by hand. It lifts its leaves at dusk and lowers them at breakfast, with a faint rustle.",
    facts: { "Light": "Dim or soft", "Water": "When the surface is just dry", "Height now": "About 45 cm", "Pets": "Safe with cats and dogs" },
    care: "The only fussy one we keep. Use rain water or water that has stood overnight, and keep it away from draughts. It forgives you by making a new leaf.",
  },
  "cactus": {
    name: "Column cactus", latin: "Cereus repandus", price: 2600, tile: "butter",
    line: "Upright, silent, and in some Junes covered in flowers for exactly one night.",
    facts: { "Light": "As much sun as you have", "Water": "Dry for a fortnight first", "Height now": "About 50 cm", "Pets": "Not poisonous, but armed" },
    care: "Water it in summer like a plant and in winter not at all. When you have to move it, wrap it in a folded newspaper and hold the ends.",
  },
  "moon-planter": {
    name: "Moon planter", latin: "Glazed stoneware, 14\u00a0cm", price: 2400, tile: "blush",
    line: "A round pot in two blues, speckled like a clear night. No two have the same horizon.",
    facts: { "Fits": "Plants in a 12 cm pot", "Hole": "No, use it as a cover", "Saucer": "Not needed", "Made": "Behind the shop" },
    care: "Keep the plant in its nursery pot inside, and lift it out to water. The glaze is hard enough for the dishwasher.",
  },
  "trough": {
    name: "Sill trough", latin: "Stoneware, 42\u00a0cm", price: 3100, tile: "mint",
    line: "Three small plants in one long pot, which is how a sill becomes a garden. Shown planted, sent empty.",
    facts: { "Fits": "Three plants in 9 cm pots", "Hole": "Three, with corks", "Saucer": "Included", "Made": "Behind the shop" },
    care: "Put plants together that drink alike: three succulents, or three herbs, not one of each. Leave the corks out unless you have guests.",
  },
  "watering-can": {
    name: "Long-spout can", latin: "Enamelled steel, 1.2\u00a0litres", price: 2800, tile: "lilac",
    line: "The spout reaches past the leaves to the soil, which is where the water goes.",
    facts: { "Holds": "1.2 litres", "Reach": "31 cm", "Rose": "Brass, unscrews", "Made": "Two valleys away" },
    care: "Empty it before frost. Fill it after watering and not before, so that the next lot is as warm as the room.",
  },
};

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const money = (pence) => "£" + (pence % 100 ? (pence / 100).toFixed(2) : pence / 100);
const say = (node, text) => { if (node) node.textContent = text; };

function make(tag, props = {}, ...children) {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children);
  return node;
}

// Session storage if the browser allows it, memory if it does not.
const memory = {};
function load(key) {
  try { return JSON.parse(sessionStorage.getItem(key)) ?? memory[key] ?? {}; } catch { return memory[key] ?? {}; }
}
function save(key, value) {
  memory[key] = value;
  try { sessionStorage.setItem(key, JSON.stringify(value)); } catch { /* memory will do */ }
}

// The cart: { slug: quantity }
function readCart() {
  return Object.entries(load("fernhill-cart"))
    .filter(([slug, n]) => Object.hasOwn(GOODS, slug) && Number.isInteger(n) && n > 0)
    .map(([slug, n]) => ({ slug, n, ...GOODS[slug] }));
}
function setQuantity(slug, n) {
  const cart = Object.fromEntries(readCart().map((item) => [item.slug, item.n]));
  if (n > 0) cart[slug] = Math.min(n, 20); else delete cart[slug];
  save("fernhill-cart", cart);
  showCount();
}
function quantity(slug) {
  return readCart().find((item) => item.slug === slug)?.n ?? 0;
}
function sums(items) {
  const goods = items.reduce((sum, item) => sum + item.n * item.price, 0);
  const delivery = goods === 0 || goods >= FREE_FROM ? 0 : DELIVERY;
  return { goods, delivery, total: goods + delivery };
}
function showCount() {
  const n = readCart().reduce((sum, item) => sum + item.n, 0);
  const badge = one("[data-cart-count]");
  if (!badge) return;
  badge.hidden = n === 0;
  badge.replaceChildren(String(n), make("span", { className: "vh", textContent: n === 1 ? " thing" : " things" }));
}
function showSums(items) {
  const { goods, delivery, total } = sums(items);
  say(one("[data-goods]"), money(goods));
  say(one("[data-delivery]"), delivery ? money(delivery) : "Free");
  say(one("[data-total]"), money(total));
  say(one("[data-free]"), delivery ? `${money(FREE_FROM - goods)} more and delivery is free.` : "");
}
function picture(item) {
  const img = make("img", { src: `/img/${item.slug}.svg`, alt: "", width: 400, height: 480 });
  return make("span", { className: `tile ${item.tile}` }, img);
}
function showMini(items) {
  one("[data-mini]").replaceChildren(...items.map((item) => make("li", {},
    picture(item),
    make("span", { textContent: item.n > 1 ? `${item.name} × ${item.n}` : item.name }),
    make("span", { className: "price", textContent: money(item.n * item.price) }))));
}

function categoryPage(form) {
  const list = one("[data-list]");
  const cards = all(".card", list);
  const asked = new URLSearchParams(location.search);
  for (const name of ["kind", "light"]) {
    const wanted = asked.get(name);
    const options = all(`[name=${name}], [name=${name}] option`, form).map((node) => node.value);
    if (wanted && options.includes(wanted)) form.elements[name].value = wanted;
  }
  if (asked.get("pets") === "safe") form.elements.pets.checked = true;

  function apply() {
    const { kind, light, order, pets } = form.elements;
    const direction = { up: 1, down: -1 }[order.value] ?? 0;
    const sorted = [...cards].sort((a, b) => direction * (a.dataset.price - b.dataset.price));
    let shown = 0;
    for (const card of sorted) {
      const fits = (!kind.value || card.dataset.kind === kind.value)
        && (!light.value || card.dataset.light.split(" ").includes(light.value))
        && (!pets.checked || card.dataset.pets === "safe");
      card.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    list.append(...sorted);
    list.hidden = shown === 0;
    one("[data-none]").hidden = shown > 0;
    say(one("[data-result]"), shown === 1 ? "1 thing" : `${shown} things`);
  }
  form.hidden = false;
  form.addEventListener("change", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  one("[data-reset]").addEventListener("click", () => {
    form.reset();
    apply();
    one("input", form).focus();
  });
  apply();
}

function productPage(article) {
  // /product?p=pilea, and /product/pilea where the server maps it to this page
  const slug = [new URLSearchParams(location.search).get("p"), location.pathname.split("/")[2]]
    .find((name) => name && Object.hasOwn(GOODS, name)) ?? article.dataset.product;
  const item = { slug, ...GOODS[slug] };

  if (slug !== article.dataset.product) {
    document.title = `${item.name} | Fernhill`;
    for (const field of ["name", "latin", "line", "care"]) {
      for (const node of all(`[data-field=${field}]`)) node.textContent = item[field];
    }
    say(one("[data-field=price]"), money(item.price));
    one("[data-field=tile]").className = `tile ${item.tile}`;
    Object.assign(one("[data-field=picture]"), { src: `/img/${slug}.svg`, alt: `Drawing: ${item.name}` });
    one("[data-field=facts]").replaceChildren(...Object.entries(item.facts).map(([term, text]) =>
      make("div", {}, make("dt", { textContent: term }), make("dd", { textContent: text }))));
  }
  one(`[data-related] a[href$="p=${slug}"]`)?.closest("li").remove();

  one("[data-buy]").addEventListener("submit", (event) => {
    event.preventDefault();
    const n = Number(one("[data-qty]").value);
    setQuantity(slug, quantity(slug) + n);
    one("[data-said]").replaceChildren(
      n === 1 ? "It is in your cart. " : `${n} are in your cart. `,
      make("a", { href: "/cart", textContent: "See the cart" }));
  });
}

function cartPage(box) {
  const list = one("[data-lines]");

  function draw() {
    const items = readCart();
    box.hidden = items.length === 0;
    one("[data-cart-empty]").hidden = items.length > 0;
    showSums(items);
    list.replaceChildren(...items.map((item) => {
      const row = one("#line").content.cloneNode(true).firstElementChild;
      row.dataset.slug = item.slug;
      one(".tile", row).classList.add(item.tile);
      one("img", row).src = `/img/${item.slug}.svg`;
      Object.assign(one("h2 a", row), { textContent: item.name, href: `/product?p=${item.slug}` });
      say(one(".latin", row), item.latin);
      say(one("output", row), item.n);
      say(one(".price", row), money(item.n * item.price));
      one(".step", row).setAttribute("aria-label", `How many: ${item.name}`);
      one("[data-act=remove]", row).setAttribute("aria-label", `Remove ${item.name}`);
      one("[data-act=less]", row).disabled = item.n === 1;
      one("[data-act=more]", row).disabled = item.n === 20;
      return row;
    }));
  }

  list.addEventListener("click", (event) => {
    const act = event.target.closest("[data-act]")?.dataset.act;
    if (!act) return;
    const { slug } = event.target.closest(".line").dataset;
    const n = act === "remove" ? 0 : quantity(slug) + (act === "more" ? 1 : -1);
    setQuantity(slug, n);
    draw();
    say(one("[data-cart-status]"), `${GOODS[slug].name}: ${n || "removed"}. To pay: ${money(sums(readCart()).total)}`);
    // The row was drawn anew: give the focus back to where it was.
    const row = one(`[data-slug="${slug}"]`, list);
    const button = row && (one(`[data-act=${act}]:not(:disabled)`, row) ?? one(".step button:not(:disabled)", row));
    (button ?? one("[data-cart-title]")).focus();
  });
  one("[data-add]").addEventListener("click", (event) => {
    setQuantity(event.target.dataset.add, 1);
    draw();
    one("[data-cart-title]").focus();
  });
  draw();
}

function checkoutPage(form) {
  const items = readCart();
  showMini(items);
  showSums(items);
  one("[data-mini-empty]").hidden = items.length > 0;
  one("[data-sums]").hidden = items.length === 0;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save("fernhill-order", Object.fromEntries(items.map((item) => [item.slug, item.n])));
    save("fernhill-cart", {});
    location.assign("/order-placed");
  });
}

function thanksPage(box) {
  const items = Object.entries(load("fernhill-order"))
    .filter(([slug]) => Object.hasOwn(GOODS, slug))
    .map(([slug, n]) => ({ slug, n, ...GOODS[slug] }));
  if (items.length === 0) return;
  showMini(items);
  say(one("[data-paid]"), money(sums(items).total));
  box.hidden = false;
}

showCount();
const pages = [
  ["[data-filter]", categoryPage], ["[data-product]", productPage], ["[data-cart]", cartPage],
  ["[data-checkout]", checkoutPage], ["[data-placed]", thanksPage],
];
for (const [selector, run] of pages) {
  const node = one(selector);
  if (node) run(node);
}
