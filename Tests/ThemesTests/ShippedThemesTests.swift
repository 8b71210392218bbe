import Canvas
import Configuration
import Foundation
import Testing
import Themes

struct ShippedThemesTests {
    @Test func `eight themes are shipped, the default first, each small and under its own name`() throws {
        #expect(
            ShippedThemes.all.map(\.name) == [
                "midnight", "daylight", "terminal", "high-contrast", "okabe", "mono", "gruvbox-like", "nord-like",
            ])
        #expect(ShippedThemes.all.reduce(0) { $0 + $1.toml.utf8.count } < 30_000)
        for theme in ShippedThemes.all {
            #expect(try ThemeFile.parse(toml: theme.toml, file: theme.name).name == theme.name)
        }
    }

    @Test(arguments: ShippedThemes.all.map(\.name))
    func `a theme states every role`(name: String) throws {
        let theme = try #require(ShippedThemes.all.first { $0.name == name })
        for role in Role.allCases {
            let isStated = theme.toml.split(separator: "\n").contains { $0.hasPrefix("\(role.name) = ") }
            #expect(isStated, "\(role.name)")
        }
    }

    @Test(arguments: ShippedThemes.all.map(\.name))
    func `no role vanishes in its background at any depth`(name: String) throws {
        let palette = try ThemeFile.shipped(name)
        for depth in ColourDepth.allCases where depth != .mono {
            for role in Role.allCases {
                let ink = palette.ink(for: role, depth: depth)
                #expect(
                    ink.foreground != ink.background || ink.foreground == .terminal, "\(role.name) at \(depth)")
            }
        }
    }

    @Test(arguments: ShippedThemes.all.map(\.name))
    func `every colour is one that its depth can show`(name: String) throws {
        let palette = try ThemeFile.shipped(name)
        for depth in ColourDepth.allCases {
            for role in Role.allCases {
                let ink = palette.ink(for: role, depth: depth)
                for colour in [ink.foreground, ink.background] {
                    let needed: ColourDepth =
                        switch colour {
                        case .terminal: .mono
                        case .ansi(let index): index < 8 ? .eight : .sixteen
                        case .indexed: .indexed256
                        case .rgb: .truecolor
                        }
                    #expect(needed <= depth, "\(role.name) at \(depth)")
                }
            }
        }
    }

    @Test func `the terminal's theme uses its 16 colours only, and mono none`() throws {
        for role in Role.allCases {
            for depth in ColourDepth.allCases {
                let ink = try ThemeFile.shipped("terminal").ink(for: role, depth: depth)
                for colour in [ink.foreground, ink.background] {
                    switch colour {
                    case .terminal, .ansi: break
                    case .indexed, .rgb: Issue.record("\(role.name) at \(depth)")
                    }
                }
                let mono = try ThemeFile.shipped("mono").ink(for: role, depth: depth)
                #expect(mono.foreground == .terminal && mono.background == .terminal)
            }
        }
    }

    @Test(arguments: ["midnight", "daylight", "high-contrast", "okabe", "gruvbox-like", "nord-like"])
    func `texts can be read against their background`(name: String) throws {
        let palette = try ThemeFile.shipped(name)
        for depth in [ColourDepth.truecolor, .indexed256] {
            for role in Role.allCases {
                let needed =
                    switch role {
                    case .text: 7.0
                    case .good, .notice, .warning, .critical, .title, .accent, .focus, .selection, .banner: 4.5
                    case .border: 2.0
                    default: 3.0
                    }
                let ink = palette.ink(for: role, depth: depth)
                let contrast = try contrast(ink.foreground, ink.background)
                #expect(contrast >= needed, "\(role.name) at \(depth): \(contrast)")
            }
        }
        if name == "high-contrast" {
            for role in Role.allCases {
                let ink = palette.ink(for: role, depth: .truecolor)
                #expect(try contrast(ink.foreground, ink.background) >= 7, "\(role.name)")
            }
        }
    }

    @Test func `contrast is what WCAG says it is`() throws {
        let white = Colour.rgb(red: 255, green: 255, blue: 255)
        #expect(try contrast(white, .rgb(red: 0, green: 0, blue: 0)) == 21)
        #expect(abs(try contrast(white, .rgb(red: 0x76, green: 0x76, blue: 0x76)) - 4.54) < 0.01)
    }

    /// WCAG 2.2's contrast ratio, 1…21.
    private func contrast(_ a: Colour, _ b: Colour) throws -> Double {
        let (first, second) = (try luminance(a), try luminance(b))
        return (max(first, second) + 0.05) / (min(first, second) + 0.05)
    }

    private func luminance(_ colour: Colour) throws -> Double {
        let components = try #require(self.components(colour))
        let linear = components.map { (component: Int) -> Double in
            let value = Double(component) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    private func components(_ colour: Colour) -> [Int]? {
        switch colour {
        case .rgb(let red, let green, let blue): return [Int(red), Int(green), Int(blue)]
        case .indexed(let index) where index >= 232: return Array(repeating: 8 + 10 * (Int(index) - 232), count: 3)
        case .indexed(let index) where index >= 16:
            let cube = Int(index) - 16
            return [cube / 36, cube / 6 % 6, cube % 6].map { $0 == 0 ? 0 : 55 + 40 * $0 }
        default: return nil
        }
    }
}
