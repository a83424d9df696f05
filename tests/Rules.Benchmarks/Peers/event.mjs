// Rule engines of Node pricing Biodock's two ladders in units of 10^-5 credits, beside plain JavaScript. Reads {images, crops, charge} on standard
// input and writes a line of JSON per candidate. Each is given what it likes best and must come to the same charge for all events together.
import { readFileSync } from 'node:fs';
import { ZenEngine } from '@gorules/zen-engine';
import { evaluate, parse } from 'cel-js';
import { Engine } from 'json-rules-engine';

const { images, crops, charge } = JSON.parse(readFileSync(0, 'utf8'));
const tiers = [
  { meter: 'images', over: 0, upTo: 1000, rate: 100 },
  { meter: 'images', over: 1000, upTo: 5000, rate: 40 },
  { meter: 'images', over: 5000, upTo: 1e12, rate: 20 },
  { meter: 'crops', over: 0, upTo: 5000, rate: 20 },
  { meter: 'crops', over: 5000, upTo: 100000, rate: 5 },
  { meter: 'crops', over: 100000, upTo: 1e12, rate: 2 },
];

function plain(i, c) {
  return Math.min(i, 1000) * 100 + Math.max(Math.min(i - 1000, 4000), 0) * 40 + Math.max(i - 5000, 0) * 20
    + Math.min(c, 5000) * 20 + Math.max(Math.min(c - 5000, 95000), 0) * 5 + Math.max(c - 100000, 0) * 2;
}

// CEL has no minimum: a tier is a choice of three.
const cel = parse(tiers.map(t => `(${t.meter} <= ${t.over} ? 0 : ((${t.meter} < ${t.upTo} ? ${t.meter} : ${t.upTo}) - ${t.over}) * ${t.rate})`).join(' + ')).cst;

const decision = new ZenEngine().createDecision(Buffer.from(JSON.stringify({
  nodes: [
    { id: 'in', type: 'inputNode', name: 'request', position: { x: 0, y: 0 } },
    {
      id: 'price', type: 'expressionNode', name: 'price', position: { x: 0, y: 0 },
      content: { expressions: [{ id: 'charge', key: 'charge', value: tiers.map(t => `max([min([${t.meter}, ${t.upTo}]) - ${t.over}, 0]) * ${t.rate}`).join(' + ') }] },
    },
    { id: 'out', type: 'outputNode', name: 'response', position: { x: 0, y: 0 } },
  ],
  edges: [{ id: 'a', sourceId: 'in', targetId: 'price', type: 'edge' }, { id: 'b', sourceId: 'price', targetId: 'out', type: 'edge' }],
})));

// It finds the tiers that an event reaches; the arithmetic is the caller's.
const rules = new Engine(tiers.map(t => ({ conditions: { all: [{ fact: t.meter, operator: 'greaterThan', value: t.over }] }, event: { type: 'tier', params: t } })));

async function byRules(usage) {
  const { events } = await rules.run(usage);
  return events.reduce((sum, { params: t }) => sum + (Math.min(usage[t.meter], t.upTo) - t.over) * t.rate, 0);
}

const each = images.map((count, n) => ({ images: count, crops: crops[n] }));
const candidates = [
  { name: 'plain JavaScript', passes: 2000, run: () => each.reduce((sum, u) => sum + plain(u.images, u.crops), 0) },
  { name: 'cel-js', passes: 4, run: () => each.reduce((sum, u) => sum + evaluate(cel, u), 0) },
  { name: 'GoRules Zen, all events at once', passes: 2, run: async () => (await Promise.all(each.map(u => decision.evaluate(u)))).reduce((sum, a) => sum + a.result.charge, 0) },
  {
    name: 'GoRules Zen, one event after the other', passes: 1, run: async () => {
      let sum = 0;
      for (const u of each) sum += (await decision.evaluate(u)).result.charge;
      return sum;
    },
  },
  {
    name: 'json-rules-engine', passes: 1, run: async () => {
      let sum = 0;
      for (const u of each) sum += await byRules(u);
      return sum;
    },
  },
];

const times = candidates.map(() => []);
for (let round = 0; round < 8; round++) {
  for (const [n, candidate] of candidates.entries()) {
    const start = process.hrtime.bigint();
    for (let pass = 0; pass < candidate.passes; pass++) {
      const sum = await candidate.run();
      if (sum !== charge) throw new Error(`${candidate.name} gives another answer: ${sum}, not ${charge}`);
    }
    // The first round warms up.
    if (round > 0) times[n].push(Number(process.hrtime.bigint() - start) / candidate.passes / each.length);
  }
}

for (const [n, { name }] of candidates.entries()) {
  console.log(JSON.stringify({ name, nanoseconds: times[n].sort((a, b) => a - b)[times[n].length >> 1] }));
}
process.exit(0);
