import Canvas

/// The page's style sheet: its colours are a theme's.
struct PageStyle {
    let palette: Palette

    private typealias Components = (red: UInt8, green: UInt8, blue: UInt8)

    var css: String {
        ":root{" + (palette.appearance == .dark ? "color-scheme:dark;" : "color-scheme:light;") + variables + "}\n"
            + Self.rules
    }

    /// A theme's colours as they are where there are all colours; the terminal's own are what terminals mostly have.
    private var variables: String {
        let roles = Role.allCases.map { role -> String in
            let name = role.name.split(separator: ".").joined(separator: "-")
            return "--\(name):\(Self.text(foreground(role)))"
        }
        let page = background
        let text = foreground(.text)
        let mixed = [
            ("page", page), ("panel", Self.mix(text, page, 0.045)), ("line", Self.mix(text, page, 0.16)),
            ("grid", Self.mix(text, page, 0.10)),
        ].map { "--\($0.0):\(Self.text($0.1))" }
        return (roles + mixed).joined(separator: ";")
    }

    private var background: Components {
        palette.ink(for: .text, depth: .truecolor).background.components
            ?? (palette.appearance == .dark ? (18, 18, 18) : (255, 255, 255))
    }

    private func foreground(_ role: Role) -> Components {
        palette.ink(for: role, depth: .truecolor).foreground.components
            ?? (palette.appearance == .dark ? (208, 208, 208) : (28, 28, 28))
    }

    private static func mix(_ a: Components, _ b: Components, _ share: Double) -> Components {
        func part(_ a: UInt8, _ b: UInt8) -> UInt8 { UInt8((Double(a) * share + Double(b) * (1 - share)).rounded()) }
        return (part(a.red, b.red), part(a.green, b.green), part(a.blue, b.blue))
    }

    private static func text(_ colour: Components) -> String {
        "#" + [colour.red, colour.green, colour.blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static let rules = """
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%}
        body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
        main{max-width:1120px;margin:0 auto;padding:20px 16px 40px}
        code{font:0.9em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
        a{color:var(--accent)}
        .verdict{border:1px solid var(--line);border-left:8px solid var(--state);background:var(--panel);border-radius:6px;padding:16px 20px}
        .verdict h1{margin:0;font-size:26px;line-height:1.25;color:var(--state);letter-spacing:.01em}
        .verdict h1 small{font-size:16px;font-weight:400;color:var(--text);margin-left:10px;white-space:nowrap}
        .verdict p{margin:8px 0 0;font-size:17px}
        .verdict .meta{font-size:13px;color:var(--dim);overflow-wrap:anywhere}
        .healthy{--state:var(--good)}.degraded{--state:var(--warning)}.critical-state{--state:var(--critical)}.no-data{--state:var(--notice)}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(138px,1fr));gap:10px;margin:12px 0}
        .tile{border:1px solid var(--line);background:var(--panel);border-radius:6px;padding:10px 14px}
        .tile b{display:block;font-size:22px;line-height:1.25;font-weight:600;white-space:nowrap}
        .tile span{font-size:12.5px;color:var(--dim)}
        .panels{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:12px}
        .panel{border:1px solid var(--line);background:var(--panel);border-radius:6px;padding:14px 18px 16px;min-width:0}
        .wide-panel{grid-column:1/-1}
        h2{margin:0 0 8px;font-size:15px;font-weight:650;color:var(--title);display:flex;flex-wrap:wrap;justify-content:space-between;gap:2px 12px;align-items:baseline}
        h2 small{font-weight:400;font-size:12.5px;color:var(--dim)}
        h3{margin:14px 0 2px;font-size:13px;font-weight:600;color:var(--dim)}
        .panel p{margin:8px 0}
        .scroll{overflow-x:auto}
        table{border-collapse:collapse;width:100%;font-size:14px}
        th{font-weight:500;font-size:12.5px;color:var(--dim);text-align:left;white-space:nowrap;padding:3px 12px 3px 0;border-bottom:1px solid var(--line);vertical-align:bottom}
        td{padding:4px 12px 4px 0;border-bottom:1px solid var(--grid);vertical-align:top}
        tbody tr:last-child td{border-bottom:0}
        th.num,td.num{text-align:right;white-space:nowrap}
        th:last-child,td:last-child{padding-right:0}
        td code{display:inline-block;max-width:34ch;overflow-wrap:break-word;vertical-align:top;padding-top:2px}
        td:first-child{white-space:nowrap}
        td .nowrap,td.nowrap{white-space:nowrap}
        .dim{color:var(--dim)}.good{color:var(--good)}.notice{color:var(--notice)}.warning{color:var(--warning);font-weight:600}.critical{color:var(--critical);font-weight:600}
        .below{display:block;font-size:12px;line-height:1.2}
        .spark{display:block;width:120px;height:22px;fill:var(--series-1)}
        .meter{display:block;min-width:60px;height:8px;margin-top:7px;background:var(--grid);border-radius:4px;overflow:hidden}
        .meter i{display:block;height:100%;background:var(--series-1)}
        figure{margin:6px 0 12px}
        figcaption{font-size:12.5px;color:var(--dim);margin-bottom:4px;display:flex;flex-wrap:wrap;gap:2px 14px}
        .key{display:inline-flex;align-items:center;gap:6px;color:var(--text)}
        .key svg{width:22px;height:8px}
        .plot{display:grid;grid-template-columns:auto 1fr;gap:0 8px}
        .y{display:flex;flex-direction:column;justify-content:space-between;text-align:right;font-size:11.5px;line-height:1;color:var(--dim);white-space:nowrap;padding:1px 0}
        .plot>svg{width:100%;height:128px;overflow:visible;border-left:1px solid var(--line);border-bottom:1px solid var(--line)}
        .x{grid-column:2;display:flex;justify-content:space-between;font-size:11.5px;color:var(--dim);margin-top:4px}
        svg path.line{fill:none;stroke-width:2;stroke-linecap:round;stroke-linejoin:round;vector-effect:non-scaling-stroke}
        svg .grid{stroke:var(--grid);stroke-width:1;vector-effect:non-scaling-stroke}
        svg .mark{stroke:var(--accent);stroke-width:1.5;stroke-dasharray:3 3;vector-effect:non-scaling-stroke}
        .s1{stroke:var(--series-1)}.s2{stroke:var(--series-2)}.s3{stroke:var(--series-4)}
        .f1{fill:var(--series-1)}
        .shade-critical{fill:var(--critical);opacity:.16}.shade-warning{fill:var(--warning);opacity:.14}
        footer{margin-top:16px;font-size:12.5px;color:var(--dim)}
        @media (max-width:820px){.panels{grid-template-columns:minmax(0,1fr)}}
        @media (max-width:560px){main{padding:10px 8px 24px}.wide{display:none}.panel{padding:12px 12px 12px}.verdict{padding:12px 14px}.verdict h1{font-size:22px}.verdict h1 small{display:block;margin:2px 0 0}.verdict p{font-size:15px}.tiles{grid-template-columns:repeat(2,1fr);gap:8px;margin:8px 0}.panels{gap:8px}td,th{padding-right:10px}.stack thead{display:none}.stack tbody,.stack tr{display:block}.stack tr{display:flex;flex-wrap:wrap;gap:1px 14px;padding:7px 0;border-bottom:1px solid var(--grid)}.stack tbody tr:last-child{border:0}.stack td{display:block;border:0;padding:0}.stack td.num::after{content:" " attr(data-label);color:var(--dim);font-size:.9em}}
        @media print{:root{color-scheme:light;--page:#fff;--panel:#fff;--text:#111;--dim:#555;--title:#111;--line:#bbb;--grid:#ddd;--border:#999;--good:#14692b;--notice:#1d4f91;--warning:#8a5300;--critical:#b00020;--accent:#1d4f91;--control:#1d4f91;--canary:#8a5300;--series-1:#1d4f91;--series-2:#b35900;--series-4:#7a2f8f}
        body{font-size:11px}main{max-width:none;padding:0}.panel,.tile,.verdict{break-inside:avoid;-webkit-print-color-adjust:exact;print-color-adjust:exact}a{color:inherit}@page{margin:12mm}}

        """
}
