/** What messages consist of, so that they are text and binary alike. */
export const filling = 'x'
