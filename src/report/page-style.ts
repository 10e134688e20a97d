/**
 * Style of the report: one column of text with a list of contents beside it, tables of numbers, and pages of A4 in print.
 *
 * Choice  no background darker than a tint, no colour that alone carries a meaning
 */
export const pageStyle = `
:root { color-scheme: light; --ink: #1f2933; --muted: #5b6670; --line: #d5dbe1; --tint: #f5f7f9; --accent: #0b4f79; }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: #fff; color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
a { color: var(--accent); }
.page { max-width: 1180px; margin: 0 auto; padding: 32px 24px 64px; }
header { border-bottom: 2px solid var(--ink); padding-bottom: 16px; margin-bottom: 24px; }
header .kind { margin: 0; color: var(--muted); letter-spacing: 0.04em; text-transform: uppercase; font-size: 13px; }
h1 { font-size: 30px; line-height: 1.2; margin: 4px 0 8px; font-weight: 650; overflow-wrap: anywhere; }
header p { margin: 2px 0; max-width: 80ch; }
header .meta { color: var(--muted); font-size: 14px; }
.banner { border: 1px solid #b34a00; border-left-width: 8px; background: #fff6ef; padding: 10px 16px; margin: 0 0 24px; }
.banner strong { color: #8a3900; }
.layout { display: grid; grid-template-columns: 210px minmax(0, 880px); gap: 40px; justify-content: space-between; }
nav { font-size: 14px; line-height: 1.35; }
nav h2 { font-size: 13px; color: var(--muted); letter-spacing: 0.04em; text-transform: uppercase; margin: 0 0 8px; border: 0; padding: 0; }
nav ol { list-style: none; margin: 0; padding: 0; position: relative; counter-reset: contents; }
nav li { counter-increment: contents; margin: 0 0 7px; padding-left: 26px; text-indent: -26px; }
nav li::before { content: counter(contents); display: inline-block; width: 26px; text-indent: 0; color: var(--muted); font-variant-numeric: tabular-nums; }
nav a { text-decoration: none; }
nav a:hover, nav a:focus { text-decoration: underline; }
nav > div { position: sticky; top: 24px; }
main { counter-reset: section figure table; min-width: 0; }
section { margin: 0 0 48px; }
section > h2 { counter-increment: section; font-size: 22px; line-height: 1.25; margin: 0 0 14px; padding-bottom: 6px; border-bottom: 1px solid var(--line); font-weight: 650; }
section > h2::before { content: counter(section) "\\2002"; color: var(--muted); font-weight: 400; }
h3 { font-size: 17px; margin: 28px 0 8px; }
p, ul { max-width: 82ch; }
li { margin-bottom: 4px; }
.lead { font-size: 17px; }
.absent { color: var(--muted); border-left: 4px solid var(--line); padding: 6px 14px; background: var(--tint); }
.alert { border: 1px solid #b34a00; border-left-width: 6px; padding: 8px 14px; background: #fff6ef; }
.tiles { display: grid; grid-template-columns: repeat(3, 1fr); border: solid var(--line); border-width: 1px 0 0 1px; margin: 24px 0 0; }
.tiles > div { padding: 12px 14px; border: solid var(--line); border-width: 0 1px 1px 0; }
.tiles dt { font-size: 13px; color: var(--muted); line-height: 1.3; }
.tiles dd { margin: 2px 0 0; }
.tiles dd strong { display: block; font-size: 24px; line-height: 1.3; font-weight: 600; font-variant-numeric: tabular-nums; }
.tiles dd span { display: block; font-size: 13px; color: var(--muted); line-height: 1.35; }
.tiles dd strong + span { color: var(--ink); }
figure { margin: 24px 0 32px; }
figure svg { display: block; }
figcaption { counter-increment: figure; font-size: 14px; line-height: 1.45; color: var(--muted); margin-top: 8px; max-width: 92ch; }
figcaption strong { color: var(--ink); }
figcaption strong::before { content: "Figure " counter(figure) ". "; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(360px, 1fr)); gap: 0 24px; align-items: start; }
.pair figure { margin-bottom: 16px; min-width: 0; }
.multiples { display: grid; grid-template-columns: repeat(auto-fit, minmax(340px, 1fr)); gap: 16px 20px; }
.words { font-size: 14px; line-height: 1.45; margin: 36px 0 0; } .words dt { font-weight: 600; } .words dd { margin: 0 0 8px; color: var(--muted); }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 20px; padding: 0; margin: 0 0 6px; font-size: 13px; max-width: none; }
.legend li { display: flex; align-items: center; gap: 7px; margin: 0; }
.legend svg { flex: none; }
.table { overflow-x: auto; margin: 20px 0; }
.table:focus-visible { outline: 2px solid var(--accent); }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; line-height: 1.35; font-variant-numeric: tabular-nums; }
caption { counter-increment: table; text-align: left; font-size: 14px; padding-bottom: 6px; font-weight: 600; }
caption::before { content: "Table " counter(table) ". "; }
th, td { padding: 5px 7px; text-align: right; vertical-align: top; border-bottom: 1px solid var(--line); font-weight: 400; }
.wide table { font-size: 12px; } .wide th, .wide td { padding: 5px 4px; } .wide .interval, .wide .ideal { font-size: 10.5px; } .wide tbody th.text { min-width: 88px; }
.text { text-align: left; }
td.text, th.text { overflow-wrap: break-word; }
tbody th.text { min-width: 104px; }
tr.heading > th { text-align: left; font-weight: 600; padding-top: 12px; }
thead th { border-bottom: 1.5px solid var(--ink); border-top: 1.5px solid var(--ink); vertical-align: bottom; font-weight: 600; }
tbody tr:last-child > * { border-bottom: 1.5px solid var(--ink); }
.emphasis > * { background: #eef5fa; font-weight: 600; }
.interval, .ideal, .note { display: block; font-weight: 400; font-size: 11.5px; color: var(--muted); }
.interval, .formula { white-space: nowrap; }
.none { color: var(--muted); font-style: italic; }
.verdict { white-space: nowrap; font-weight: 600; }
.verdict.fail { color: #a33c00; } .verdict.warn { color: #7a5200; } .verdict.pass { color: #00624a; }
details { margin: 8px 0; font-size: 14px; }
summary { cursor: pointer; color: var(--accent); }
details .table { max-height: 420px; overflow: auto; margin-top: 8px; }
code, pre { font: 12.5px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }
pre { background: var(--tint); border: 1px solid var(--line); padding: 12px; white-space: pre-wrap; }
footer { border-top: 1px solid var(--line); color: var(--muted); font-size: 13px; padding-top: 12px; }
@media (max-width: 1020px) {
  .layout { display: block; }
  nav { border: 1px solid var(--line); padding: 14px 18px; margin-bottom: 32px; }
  nav > div { position: static; }
  nav ol { columns: 2; column-gap: 32px; }
}
@media (max-width: 560px) { .tiles { grid-template-columns: 1fr 1fr; } .page { padding: 20px 14px; } nav ol { columns: 1; } .pair, .multiples { grid-template-columns: minmax(0, 1fr); } }
@media screen and (max-width: 700px) { figure { overflow-x: auto; } figure > svg[width="860"] { min-width: 620px; } }
@page { size: A4; margin: 16mm 15mm 18mm; }
@media print {
  body { font-size: 10pt; line-height: 1.45; }
  .page { max-width: none; padding: 0; }
  .layout { display: block; }
  nav { border: 1px solid var(--line); padding: 8pt 12pt; margin-bottom: 18pt; font-size: 9pt; break-inside: avoid; }
  nav > div { position: static; }
  nav ol { columns: 2; }
  nav a, a { color: inherit; }
  h1 { font-size: 20pt; } section > h2 { font-size: 14pt; } h3 { font-size: 11.5pt; }
  .lead { font-size: 10.5pt; }
  section { margin-bottom: 20pt; }
  h2, h3, caption, thead, tr.heading, h2 + p { break-after: avoid; }
  .legend, .words { font-size: 8.5pt; } .words { margin-top: 12pt; } .words dd { margin-bottom: 4pt; }
  .tiles dd strong { font-size: 15pt; } .tiles dt, .tiles dd span { font-size: 8.5pt; } .tiles > div { padding: 6pt 9pt; }
  figure { margin: 12pt 0 16pt; } figure > svg[width="640"] { max-width: 78% !important; }
  p, li, figure, .tiles, .words, tr, .banner, .alert { break-inside: avoid; }
  .table:not(:has(tbody tr:nth-child(13))) { break-inside: avoid; }
  .pair, .multiples { grid-template-columns: 1fr 1fr; gap: 8pt 12pt; }
  .multiples svg { break-inside: avoid; max-width: 94% !important; }
  figcaption { break-inside: avoid; break-before: avoid; }
  figure:has(.multiples) { break-inside: auto; }
  .table { overflow: visible; margin: 12pt 0; }
  table { font-size: 7.8pt; } caption { font-size: 9pt; } .interval, .ideal, .note { font-size: 7pt; }
  th, td { padding: 2.5pt 4pt; }
  figcaption { font-size: 8.5pt; }
  details { display: none; }
  thead { display: table-header-group; }
}
`;
