/** Programs that unpack what people's jobs pack backups with; every sandbox image of ours has them. */

/** Names of Debian packages. */
export const PACKERS = ["bzip2", "lz4", "unzip", "xz-utils", "zstd"] as const;
