import { define } from './define.js'
import { Blob, File } from './blob/blob.js'

define({ Blob, File })
