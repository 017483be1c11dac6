/** Name of the key's file in the data folder. */
export const KEY_FILE = 'pseudonym.key';
