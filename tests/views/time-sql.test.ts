/** Times as integers: every form of FHIR against an oracle written with Date.UTC, under three session time zones. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import {
  compileView,
  flatTableSql,
  invalidTimesSql,
  jsonSource,
  parseViewDefinition,
  prelude,
  timeColumns,
} from '../../src/views/index.ts';
import { openDuck, rowsOf } from './memory-duck.ts';

interface Times {
  readonly ms: number | null;
  readonly latest: number | null;
  readonly ymd: number | null;
  readonly precision: number | null;
}
const NOT_A_TIME: Times = { ms: null, latest: null, ymd: null, precision: null };

/** What a text means, in the plainest code there is. */
function oracle(text: string): Times {
  const parts = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d))?)?)?$/.exec(text);
  if (parts === null) return NOT_A_TIME;
  const [, y = '', mo, d, h, mi, s, fraction, zone] = parts;
  const [year, month, day] = [Number(y), Number(mo ?? 1), Number(d ?? 1)];
  const utc = (...at: [number, number, number, number?, number?, number?, number?]): number => {
    const date = new Date(0);
    date.setUTCFullYear(at[0], at[1] - 1, at[2]);
    date.setUTCHours(at[3] ?? 0, at[4] ?? 0, at[5] ?? 0, at[6] ?? 0);
    return date.getTime();
  };
  const daysInMonth = new Date(utc(2000 + (year % 400), month + 1, 0)).getUTCDate();
  if (year === 0 || month < 1 || month > 12 || day < 1 || day > daysInMonth) return NOT_A_TIME;
  const ymd = year * 10000 + Number(mo ?? 0) * 100 + Number(d ?? 0);
  if (mo === undefined) return { ms: utc(year, 1, 1), latest: utc(year + 1, 1, 1) - 1, ymd, precision: 1 };
  if (d === undefined) return { ms: utc(year, month, 1), latest: utc(year, month + 1, 1) - 1, ymd, precision: 2 };
  if (h === undefined || mi === undefined || s === undefined || zone === undefined) {
    return { ms: utc(year, month, day), latest: utc(year, month, day + 1) - 1, ymd, precision: 3 };
  }
  const offset = zone === 'Z' ? 0 : (zone.startsWith('-') ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4)));
  if (Number(h) > 23 || Number(mi) > 59 || Number(s) > 60 || Math.abs(offset) > 840 || Number(zone.slice(4) || 0) > 59)
    return NOT_A_TIME;
  const seconds = s === '60' ? [59, 999] : [Number(s), Number((fraction ?? '').padEnd(3, '0').slice(0, 3))];
  const ms = utc(year, month, day, Number(h), Number(mi), seconds[0], seconds[1]) - offset * 60_000;
  return { ms, latest: ms, ymd, precision: 4 };
}

const FORMS: readonly string[] = [
  ...['2020', '2020-03', '2020-03-05', '1900', '1969-12', '2000-02-29', '1600-02-29', '0001', '9999', '9999-12', '9999-12-31'],
  ...['2020-03-05T10:11:12Z', '2020-03-05T10:11:12+00:00', '2020-03-05T10:11:12-00:00', '2020-03-05T23:30:00-05:00'],
  ...['2020-03-05T00:30:00+05:30', '2020-03-05T00:00:00+14:00', '2020-03-05T00:00:00-14:00', '2020-03-05T00:00:00+13:59'],
  ...[
    '2020-03-05T10:11:12.5Z',
    '2020-03-05T10:11:12.065+00:00',
    '2020-03-05T10:11:12.9999Z',
    '2020-03-05T10:11:12.123456789-03:00',
  ],
  ...[
    '1969-12-31T23:59:59.9999Z',
    '1969-12-31T23:59:59.001Z',
    '1950-06-01T00:00:00+01:00',
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
  ],
  ...[
    '2016-12-31T23:59:60Z',
    '2017-01-01T00:59:60+01:00',
    '2016-12-31T23:59:60.7Z',
    '2020-03-29T02:30:00+01:00',
    '2020-10-25T02:30:00+02:00',
  ],
];
const REFUSED: readonly string[] = [
  ...[
    '',
    ' ',
    '20',
    '202',
    '20200305',
    '2020-3-5',
    '2020-03-5',
    ' 2020',
    '2020 ',
    '2020-03-05 ',
    '02020',
    '-2020',
    '+2020',
    '0000',
    '0000-01-01',
  ],
  ...[
    '2020-00',
    '2020-13',
    '2020-02-30',
    '2019-02-29',
    '1900-02-29',
    '2020-04-31',
    '2020-03-00',
    '2020-03-32',
    '2020-13-01T00:00:00Z',
  ],
  ...[
    '2020-03-05T10:11:12',
    '2020-03-05T10:11',
    '2020-03-05T10:11Z',
    '2020-03-05T10Z',
    '2020-03-05 10:11:12Z',
    '2020-03-05t10:11:12Z',
  ],
  ...['2020-03-05T24:00:00Z', '2020-03-05T23:60:00Z', '2020-03-05T23:59:61Z', '2020-02-30T00:00:00Z', '2020-03-05T10:11:12z'],
  ...[
    '2020-03-05T10:11:12+14:01',
    '2020-03-05T10:11:12+15:00',
    '2020-03-05T10:11:12+05',
    '2020-03-05T10:11:12+0530',
    '2020-03-05T10:11:12.Z',
  ],
  ...[
    '2020-03-05T10:11:12 UTC',
    '2020-03-05T10:11:12 Europe/Berlin',
    'infinity',
    '-infinity',
    'epoch',
    'today',
    'now',
    '٢٠٢٠',
    '2020-03-05T10:11:12Zé',
  ],
];

let duck: DuckDBConnection;
beforeAll(async () => {
  duck = await openDuck();
});
afterAll(() => duck.closeSync());

const MACROS = 'fhir_ms(x) AS ms, fhir_latest_ms(x) AS latest, fhir_ymd(x) AS ymd, fhir_precision(x) AS "precision"';
async function measure(texts: readonly string[]): Promise<Map<string, Times>> {
  const list = JSON.stringify(texts);
  await duck.run(`CREATE OR REPLACE TABLE texts AS SELECT unnest(from_json($1, '["VARCHAR"]')) AS x`, [list]);
  const rows = await rowsOf(duck, `SELECT x, ${MACROS} FROM texts`);
  return new Map(rows.map(({ x, ...times }) => [x as string, times as unknown as Times]));
}

describe.each(['UTC', 'America/New_York', 'Pacific/Kiritimati'])('in the session time zone %s', (zone) => {
  beforeAll(async () => {
    await duck.run(`SET TimeZone = '${zone}'`);
  });
  afterAll(async () => {
    await duck.run("SET TimeZone = 'UTC'");
  });

  test('legal forms have the values of the oracle', async () => {
    expect(FORMS.length).toBeGreaterThanOrEqual(30);
    const found = await measure(FORMS);
    for (const text of FORMS) {
      expect(oracle(text).ms).not.toBeNull();
      expect({ text, ...found.get(text) }).toEqual({ text, ...oracle(text) });
    }
  });

  test('what is no legal form is NULL in all four', async () => {
    const found = await measure(REFUSED);
    for (const text of REFUSED) {
      expect({ text, ...found.get(text) }).toEqual({ text, ...NOT_A_TIME });
      expect({ text, ...oracle(text) }).toEqual({ text, ...NOT_A_TIME });
    }
  });
});

test('values by hand', async () => {
  const found = await measure(['2020-03', '2020-03-05T23:30:00-05:00', '2016-12-31T23:59:60Z']);
  expect(found.get('2020-03')).toEqual({ ms: 1583020800000, latest: 1585699199999, ymd: 20200300, precision: 2 });
  expect(found.get('2020-03-05T23:30:00-05:00')).toEqual({
    ms: 1583469000000,
    latest: 1583469000000,
    ymd: 20200305,
    precision: 4,
  });
  expect(found.get('2016-12-31T23:59:60Z')).toEqual({ ms: 1483228799999, latest: 1483228799999, ymd: 20161231, precision: 4 });
});

test('any text near a time: the same as the oracle', async () => {
  const mutated = fc
    .tuple(
      fc.constantFrom(...FORMS),
      fc.nat(40),
      fc.constantFrom('', '0', '3', '9', '-', '+', ':', 'T', 'Z', ' ', '.'),
      fc.boolean(),
    )
    .map(([text, at, put, isReplaced]) => {
      const i = at % (text.length + 1);
      return text.slice(0, i) + put + text.slice(isReplaced ? i + 1 : i);
    });
  const texts = [...new Set(fc.sample(mutated, { numRuns: 1500, seed: 7 }))];
  const found = await measure(texts);
  const values = texts.map((text) => ({ text, ...found.get(text) }));
  expect(values).toEqual(texts.map((text) => ({ text, ...oracle(text) })));
  expect(values.filter((value) => value.ms !== null).length).toBeGreaterThan(100);
  expect(values.filter((value) => value.ms === null).length).toBeGreaterThan(100);
});

test('any two characters changed near each other, in each form: the same as the oracle', async () => {
  const forms = [
    ...['2020', '2020-03', '2020-03-05', '2020-03-05T20:00:00Z', '2020-03-05T10:11:12.065Z', '2020-03-05T10:11:12-05:30'],
    ...[
      '2020-03-05T10:11:12.065+00:00',
      '2020-03-05T10:11:12.0065Z',
      '2020-03-05T10:11:12.1234567-03:00',
      '2016-12-31T23:59:60.7Z',
    ],
  ];
  const characters = [...' +-.:0246TZ'];
  const put = (text: string, i: number, c: string): string => text.slice(0, i) + c + text.slice(i + 1);
  for (const form of forms) {
    const texts = new Set<string>();
    for (let i = 0; i <= form.length; i += 1) {
      for (const c of characters) {
        texts.add(form.slice(0, i) + c + form.slice(i));
        for (let j = i + 1; j <= Math.min(i + 3, form.length); j += 1)
          for (const d of characters) texts.add(put(put(form, i, c), j, d));
      }
    }
    const found = await measure([...texts]);
    const wrong = [...texts].filter((text) => JSON.stringify(found.get(text)) !== JSON.stringify(oracle(text)));
    expect(wrong).toEqual([]);
    expect([...found.values()].filter((times) => times.ms !== null).length).toBeGreaterThan(20);
  }
});

test('NULL in, NULL out', async () => {
  expect(await rowsOf(duck, `SELECT ${MACROS} FROM (SELECT CAST(NULL AS VARCHAR) AS x)`)).toEqual([NOT_A_TIME]);
});

test('ymd_day counts days of the calendar, ms_ymd turns them back', async () => {
  const rows = await rowsOf(
    duck,
    `SELECT min(ms_ymd(i * 86400000) = ymd AND ms_ymd(i * 86400000 + 86399999) = ymd AND ymd_day(ymd) = i) AS isRight, count(*) AS days
     FROM (SELECT i, CAST(strftime(DATE '1970-01-01' + CAST(i AS INTEGER), '%Y%m%d') AS INTEGER) AS ymd FROM range(-80000, 80000) AS t(i))`,
  );
  expect(rows).toEqual([{ isRight: true, days: 160_000 }]);
  const edges = await rowsOf(
    duck,
    'SELECT ymd_day(19700101) AS a, ymd_day(20200229) AS b, ymd_day(10101) AS c, ymd_day(20200300) AS d, ymd_day(20200000) AS e, ms_ymd(-1) AS f, ms_ymd(0) AS g, ymd_day(CAST(NULL AS INTEGER)) AS h',
  );
  expect(edges).toEqual([{ a: 0, b: 18321, c: -719162, d: null, e: null, f: 19691231, g: 19700101, h: null }]);
});

test('the prelude can be run again', async () => {
  await duck.run(prelude);
  expect(await rowsOf(duck, "SELECT fhir_ymd('2020') AS ymd")).toEqual([{ ymd: 20200000 }]);
});

describe('flat tables', () => {
  const view = compileView(
    parseViewDefinition({
      name: 'v',
      status: 'active',
      resource: 'Encounter',
      select: [
        {
          column: [
            { name: 'id', path: 'id' },
            { name: 'began', path: 'period.start' },
          ],
        },
        {
          forEachOrNull: 'statusHistory',
          column: [
            { name: 'status', path: 'status' },
            { name: 'changed', path: 'period.end' },
          ],
        },
      ],
    }),
  );
  const source = jsonSource(view, 'encounters', 'json');
  beforeAll(async () => {
    await duck.run('CREATE TABLE encounters (json VARCHAR)');
    const encounters = [
      {
        id: '1',
        period: { start: '2020-03-05T23:30:00-05:00' },
        statusHistory: [{ status: 'a', period: { end: '2020' } }, { status: 'b' }],
      },
      { id: '2', period: { start: '2020-02-30' }, statusHistory: [{ status: 'c', period: { end: '2020-03-05T10:00:00' } }] },
      { id: '3' },
    ];
    for (const encounter of encounters) {
      await duck.run('INSERT INTO encounters VALUES ($1)', [JSON.stringify({ resourceType: 'Encounter', ...encounter })]);
    }
  });

  test('each time column becomes four, inside rows too', async () => {
    expect(timeColumns(view)).toEqual(['began', 'changed']);
    const rows = await rowsOf(duck, `${flatTableSql(view, source)} ORDER BY id, status`);
    const none = (name: string): Record<string, null> =>
      Object.fromEntries(['ms', 'latest_ms', 'ymd', 'precision'].map((suffix) => [`${name}_${suffix}`, null]));
    const began = { began_ms: 1583469000000, began_latest_ms: 1583469000000, began_ymd: 20200305, began_precision: 4 };
    const year = { changed_ms: 1577836800000, changed_latest_ms: 1609459199999, changed_ymd: 20200000, changed_precision: 1 };
    expect(rows).toEqual([
      { id: '1', ...began, status: 'a', ...year },
      { id: '1', ...began, status: 'b', ...none('changed') },
      { id: '2', ...none('began'), status: 'c', ...none('changed') },
      { id: '3', ...none('began'), status: null, ...none('changed') },
    ]);
    expect(Object.keys(rows[0] ?? {}).slice(0, 6)).toEqual([
      'id',
      'began_ms',
      'began_latest_ms',
      'began_ymd',
      'began_precision',
      'status',
    ]);
  });

  test('a condition leaves resources out', async () => {
    const rows = await rowsOf(duck, `${flatTableSql(view, source, "r.id = '2' OR r.id = '3'")} ORDER BY id`);
    expect(rows.map((row) => row['id'])).toEqual(['2', '3']);
  });

  test('types of the four columns', async () => {
    const types = await rowsOf(duck, `DESCRIBE ${flatTableSql(view, source)}`);
    expect(types.map((row) => `${String(row['column_name'])} ${String(row['column_type'])}`)).toEqual(
      expect.arrayContaining([
        'began_ms BIGINT',
        'began_latest_ms BIGINT',
        'began_ymd INTEGER',
        'began_precision TINYINT',
        'changed_ymd INTEGER',
      ]),
    );
  });

  test('invalid times are counted per column', async () => {
    expect(await rowsOf(duck, invalidTimesSql(view, source) ?? '')).toEqual([
      { view_name: 'v', column_name: 'began', invalid: 1 },
      { view_name: 'v', column_name: 'changed', invalid: 1 },
    ]);
  });

  test('a view without times is its own flat table', async () => {
    const plain = compileView(
      parseViewDefinition({
        name: 'v',
        status: 'active',
        resource: 'Encounter',
        select: [{ column: [{ name: 'id', path: 'id' }] }],
      }),
    );
    expect(invalidTimesSql(plain, 'x')).toBeNull();
    const rows = await rowsOf(duck, flatTableSql(plain, jsonSource(plain, 'encounters', 'json')));
    expect(rows).toEqual([{ id: '1' }, { id: '2' }, { id: '3' }]);
  });
});
