/// The palettes compiled into the program.
package enum ShippedThemes {
    /// Every palette as a theme file's text, by name.
    package static let all: [(name: String, toml: String)] = [
        ("midnight", text(PackageResources.midnight_toml)),
        ("daylight", text(PackageResources.daylight_toml)),
        ("terminal", text(PackageResources.terminal_toml)),
        ("high-contrast", text(PackageResources.high_contrast_toml)),
        ("okabe", text(PackageResources.okabe_toml)),
        ("mono", text(PackageResources.mono_toml)),
        ("gruvbox-like", text(PackageResources.gruvbox_like_toml)),
        ("nord-like", text(PackageResources.nord_like_toml)),
    ]

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
