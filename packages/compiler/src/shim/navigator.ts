/** What browsers say of themselves, as far as packages take for granted that somebody says it. */
export const navigator = { language: 'en', languages: ['en'], onLine: true, userAgent: 'extism-ws' }
