import { relative, sep } from 'node:path'
import { mapStack } from '@extism-ws/protocol'

import type { Bundle } from '../bundle/bundle.js'
import { fromHere, type Place } from '../bundle/place.js'
import { readSourceMap, type FindPlace } from '../bundle/source-map.js'

/** A stack as the author knows it. */
export interface AuthorStack {
  /** Where to look first: the innermost frame of the author's own code, or of a library. */
  readonly place: Place | undefined
  readonly frames: readonly string[]
}

interface Frame {
  readonly text: string
  readonly place: Place | undefined
}

const mostFrames = 10
const position = /\bplugin\.js:\d+:\d+/
const namedFrame = /^\s+at (.*) \((.*)\)$/
const bundleFrame = /^\s+at .*\bplugin\.js:\d+:\d+/
/** The frame of the script around the bundle, and of scripts that the build runs. */
const ownFrame = /^\s+at <eval> \(plugin\.js:|\bextism-ws:build\b/

/** Translates what the engine says into the author's positions. */
export class StackReader {
  readonly #bundle: Bundle
  #find: FindPlace | undefined

  constructor(bundle: Bundle) {
    this.#bundle = bundle
  }

  place(line: number, column: number): Place | undefined {
    this.#find ??= readSourceMap(this.#bundle.map, this.#bundle.folder)
    return this.#find(line, column)
  }

  read(stack: string): AuthorStack {
    const frames = stack.split('\n').flatMap((frame) => this.#frame(frame))
    const own = frames.filter(({ place }) => place === undefined || !this.#isLibrary(place.file))
    const innermost = own.find(({ place }) => place !== undefined) ?? frames[0]
    // How the guest library got there is of no interest to who called it.
    const shown = frames.filter(({ place }) => place === undefined || !this.#isGuest(place.file))
    return {
      place: innermost?.place,
      frames: (shown.length > 0 ? shown : frames)
        .map(({ text }) => text)
        .filter((text, i, texts) => text !== texts[i - 1])
        .slice(0, mostFrames),
    }
  }

  /** A printed text, in which there may be stacks. */
  text(text: string): string {
    return text
      .split('\n')
      .flatMap((line) => (bundleFrame.test(line) ? this.read(line).frames : [line]))
      .join('\n')
  }

  /** Nothing for what is not the author's: the script around the bundle, helpers of the bundler. */
  #frame(frame: string): Frame[] {
    if (frame.trim() === '' || ownFrame.test(frame)) return []
    let place: Place | undefined
    const text = mapStack(frame, (line, column) => {
      place = this.place(line, column)
      if (place === undefined) return undefined
      return { source: fromHere(place.file), line: place.line, column: place.column }
    })
    if (text === '' || (place === undefined && position.test(frame))) return []
    return [{ text: unnamed(text), place }]
  }

  #isLibrary(file: string): boolean {
    return file.split(sep).includes('node_modules') || this.#isGuest(file)
  }

  #isGuest(file: string): boolean {
    const { guestFolder } = this.#bundle
    return guestFolder !== undefined && !relative(guestFolder, file).startsWith('..')
  }
}

/** A frame without a name that tells nothing. */
function unnamed(frame: string): string {
  const [, name, where] = namedFrame.exec(frame) ?? []
  return where !== undefined && name === '<anonymous>' ? `    at ${where}` : frame
}
