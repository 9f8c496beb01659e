import { Type } from '@sinclair/typebox'
import { errors } from './errors.ts'
import { OneOf } from './schemas.ts'

/** RFC 9457. */
export const Problem = Type.Object(
  {
    type: Type.String({
      format: 'uri',
      description: 'A page that explains the problem and its way out.',
      examples: ['https://api.envoi.example/problems/malformed'],
    }),
    title: Type.String({ examples: ['The request does not have the declared form'] }),
    status: Type.Integer({ examples: [400] }),
    detail: Type.Optional(
      Type.String({
        description: 'What is particular to this occurrence.',
        examples: ['/email must be an email address'],
      }),
    ),
    code: OneOf(Object.keys(errors) as [string, ...string[]], { description: 'Stable, for programs.' }),
    instance: Type.String({
      description: 'The id of the request.',
      examples: ['0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d'],
    }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          pointer: Type.String({
            description:
              'JSON pointer (RFC 6901) to the field; into the query or the path when it begins with `/query` or `/path`.',
            examples: ['/email'],
          }),
          detail: Type.String({ examples: ['must be an email address'] }),
        }),
      ),
    ),
  },
  { $id: 'Problem', description: 'RFC 9457 problem details.' },
)

/** RFC 6749, section 5.2: what OAuth clients look for, beside what all others do. */
export const OAuthProblem = Type.Object(
  {
    error: OneOf(
      ['invalid_request', 'invalid_client', 'unauthorized_client', 'unsupported_grant_type', 'invalid_scope'],
      { description: 'As RFC 6749, section 5.2, has it.' },
    ),
    error_description: Type.String({ examples: ['The client is not known by these credentials'] }),
    ...Problem.properties,
  },
  { $id: 'OAuthProblem', description: 'A refusal of an OAuth endpoint (RFC 6749, section 5.2).' },
)
