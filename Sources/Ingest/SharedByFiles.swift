/// What the files of a set have in common.
struct SharedByFiles {
    let readFiles = ReadFiles()
    /// Nil where files are polled.
    let changes: ChangeWatch?
    /// Where the tools that unpack are looked for.
    let toolFolders: [String]
    /// Whether files that rotation makes are sources too, so that copies of those that are cut short are read.
    let seesCopies: Bool
    /// How large files are opened; nil: like others.
    let backlog: BacklogPolicy?
}
