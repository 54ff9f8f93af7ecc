extension Report {
  /// Figures stay on white paper in dark mode, as they are drawn for it.
  static let style = """
    :root { --ink: #1f2328; --muted: #5c6570; --line: #d8dde3; --paper: #fff; --shade: #f5f7f9;
      --accent: #0072b2; --warn: #b34700; --warn-paper: #fff4ea; }
    @media (prefers-color-scheme: dark) {
      :root { --ink: #e3e6ea; --muted: #9aa4af; --line: #363d45; --paper: #14171a;
        --shade: #1c2024; --accent: #5db4e6; --warn: #ffb380; --warn-paper: #33231a; }
    }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--paper); color: var(--ink); line-height: 1.55;
      font-family: system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; }
    main { max-width: 1000px; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
    header { border-bottom: 2px solid var(--accent); margin-bottom: 2rem; }
    h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .4rem; font-weight: 650; }
    h2 { font-size: 1.3rem; margin: 2.6rem 0 .8rem; font-weight: 620; }
    p { margin: .7rem 0; max-width: 46rem; overflow-wrap: anywhere; }
    .subtitle { color: var(--muted); margin: 0 0 1rem; }
    .warning { border-left: 4px solid var(--warn); background: var(--warn-paper);
      padding: .7rem 1rem; border-radius: 0 6px 6px 0; }
    .warning strong { color: var(--warn); }
    .table { overflow-x: auto; margin: 1.2rem 0; }
    table { border-collapse: collapse; font-size: .93rem; min-width: 50%;
      font-variant-numeric: tabular-nums; border-bottom: 1.5px solid var(--ink); }
    caption { text-align: left; color: var(--muted); padding-bottom: .5rem; }
    caption b, figcaption b { color: var(--ink); }
    thead th { border-top: 1.5px solid var(--ink); border-bottom: 1px solid var(--ink);
      text-align: left; font-weight: 600; }
    th, td { padding: .34rem .9rem; vertical-align: top; }
    td { border-top: 1px solid var(--line); }
    tbody tr:first-child td { border-top: 0; }
    th.number, td.number { text-align: right; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.5rem;
      background: var(--shade); border-radius: 8px; padding: .9rem 1.2rem; font-size: .93rem; }
    dt { color: var(--muted); }
    dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
    figure { margin: 1.6rem 0; }
    figure img { display: block; max-width: 100%; height: auto; background: #fff; padding: 8px;
      border: 1px solid var(--line); border-radius: 8px; }
    figcaption { color: var(--muted); font-size: .93rem; margin-top: .6rem; max-width: 46rem; }
    @media print {
      :root { --ink: #000; --muted: #444; --line: #ccc; --paper: #fff; --shade: #fff;
        --accent: #000; --warn: #000; --warn-paper: #fff; }
      main { max-width: none; padding: 0; }
      body { font-size: 10.5pt; }
      figure, tr, dl, .warning { break-inside: avoid; }
      h2 { break-after: avoid; }
      figure img { border: 0; padding: 0; }
    }
    """
}
