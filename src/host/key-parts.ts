/** The parts of an object's key. */

/** Behind its last slash. */
export const baseName = (key: string): string => key.slice(key.lastIndexOf("/") + 1);

/** Up to its last slash, with it; "" where it has none. */
export const folderOf = (key: string): string => key.slice(0, key.lastIndexOf("/") + 1);
