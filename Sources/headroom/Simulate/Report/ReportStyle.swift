/// How the report looks, in light and in dark.
enum ReportStyle {
    static let sheet = """
        :root{--page:#f6f7f9;--card:#fff;--ink:#18212f;--soft:#5d6877;--hair:#e3e7ec;--grid:#eceff3;--midnight:#d5dbe3;
        --house:#a9b4c2;--cars:#2f7fd6;--cars-soft:#8fbdf0;--wait:#f0a63a;--present:#dfe6ee;--fuse:#cf2e3d;--usable:#cf2e3d;
        --peak:#16406f;--good:#177a4a;--good-soft:#e4f4ec;--fair:#996300;--fair-soft:#fdf3df;--poor:#b3202f;--poor-soft:#fce8ea}
        @media(prefers-color-scheme:dark){:root{--page:#10151d;--card:#19202b;--ink:#eef2f7;--soft:#9aa7b8;--hair:#2a3442;
        --grid:#232c39;--midnight:#374456;--house:#5f6d80;--cars:#4a9bf0;--cars-soft:#2f5f95;--wait:#e79b32;--present:#2a3646;
        --fuse:#ff6b77;--usable:#ff6b77;--peak:#b9dcff;--good:#5fd39a;--good-soft:#14301f;--fair:#f2bd5c;--fair-soft:#332611;
        --poor:#ff7d88;--poor-soft:#3a171c}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--page);color:var(--ink);
        font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;-webkit-text-size-adjust:100%}
        main{max-width:1128px;margin:0 auto;padding:28px 24px 56px}
        header,section,.card{background:var(--card);border:1px solid var(--hair);border-radius:14px}
        header{padding:28px 32px 26px;border-left:6px solid var(--mark)}
        header.good{--mark:var(--good)}header.fair{--mark:var(--fair)}header.poor{--mark:var(--poor)}
        .site{margin:0;color:var(--soft);font-size:14px;letter-spacing:.02em}
        h1{margin:2px 0 10px;font-size:24px;line-height:1.25;font-weight:600}
        .answer{margin:0 0 10px;font-size:40px;line-height:1.1;font-weight:700;color:var(--mark)}
        .why{margin:4px 0;max-width:76ch;font-size:17px}
        .advice{margin:16px 0 0;padding:12px 16px 12px 34px;border-radius:10px;background:var(--page);max-width:92ch}
        .advice li+li{margin-top:6px}
        .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(188px,1fr));gap:12px;margin:14px 0}
        .card{padding:14px 16px;display:flex;flex-direction:column}
        .card b{font-size:24px;line-height:1.2;font-weight:650;font-variant-numeric:tabular-nums}
        .card span{font-size:14px}.card small{color:var(--soft);font-size:12.5px;line-height:1.35;margin-top:4px}
        section{padding:20px 22px 16px;margin-top:14px}
        h2{margin:0 0 2px;font-size:18px;font-weight:650}
        .note{margin:0 0 10px;color:var(--soft);font-size:14px;max-width:100ch}
        .legend{display:flex;flex-wrap:wrap;gap:4px 18px;margin:0 0 6px;color:var(--soft);font-size:13px}
        .legend span{display:inline-flex;align-items:center;gap:6px}.legend svg{width:20px;height:12px}
        section>svg{display:block;width:100%;height:auto}
        text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:var(--soft)}
        .strong{font-weight:600;fill:var(--ink)}
        .grid{stroke:var(--grid)}.midnight{stroke:var(--midnight)}.axis{stroke:var(--midnight)}
        .house{fill:var(--house)}.cars{fill:var(--cars)}.cars.soft{fill:var(--cars-soft)}.waits{fill:var(--wait)}
        .present{fill:var(--present)}.current{fill:var(--cars)}
        .peak{fill:none;stroke:var(--peak);stroke-width:1;stroke-opacity:.75}
        .fuse{stroke:var(--fuse);stroke-width:1.8;fill:none}.fuse-text{fill:var(--fuse);font-weight:600}
        .usable{stroke:var(--usable);stroke-width:1;stroke-dasharray:5 4;stroke-opacity:.7;fill:none}
        .wide{overflow-x:auto}
        table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
        th{color:var(--soft);font-weight:500;text-align:left}th,td{padding:5px 10px;border-bottom:1px solid var(--hair);white-space:nowrap}
        tbody tr:last-child td{border-bottom:0}.number{text-align:right}
        .own td{font-weight:650;background:var(--page)}.bar{width:200px;height:12px;display:block}
        .about{margin:6px 0 0;padding-left:20px;color:var(--soft);font-size:14px}
        @media(max-width:640px){main{padding:12px}header,section{padding:16px}.answer{font-size:32px}}
        @media print{:root{--page:#fff}body{font-size:12px}header,section,.card{break-inside:avoid}}
        """
}
