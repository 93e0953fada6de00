import { URLPattern } from 'urlpattern-polyfill/urlpattern'

import { define } from './define.js'

define({ URLPattern })
