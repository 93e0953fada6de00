import { define } from './define.js'
import { URLSearchParams } from './url/search-params.js'
import { URL } from './url/url.js'

define({ URL, URLSearchParams })
