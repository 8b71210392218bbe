import Glibc

/// The character set of the terminal. Numbers are never printed or parsed by the locale: only `LC_CTYPE` is set.
enum TerminalLocale {
    /// Sets `LC_CTYPE` from the environment; true when text is UTF-8.
    static func apply(_ environment: TerminalEnvironment) -> Bool {
        if unsafe setlocale(LC_CTYPE, "") == nil, environment.namesUTF8 {
            // The named locale is not installed here; its character set is what matters.
            for name in ["C.UTF-8", "C.utf8", "en_US.UTF-8"] where unsafe setlocale(LC_CTYPE, name) != nil { break }
        }
        guard let codeset = unsafe nl_langinfo(nl_item(CODESET)) else { return false }
        return unsafe String(cString: codeset) == "UTF-8"
    }
}
