/// What the files of a set have in common.
struct SharedByFiles {
    let readFiles = ReadFiles()
    /// Nil where files are polled.
    let changes: ChangeWatch?
    /// Where the tools that unpack are looked for.
    let toolFolders: [String]
    /// How large files are opened; nil: like others.
    let backlog: BacklogPolicy?
}
