/** Path of the binary; empty where there is none for this machine. */
export declare const newerNode: string
