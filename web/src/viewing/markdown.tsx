import { lexer, type Token, type Tokens } from "marked";
import type { ComponentChildren } from "preact";
import { viewingWords } from "./words.js";

/**
 * Markdown as elements. The parser's tokens are drawn one by one, and nothing of the text ever becomes markup: HTML in it is shown as text. Images
 * of other servers are not loaded; there are links to them.
 */
export function Markdown({ text }: { readonly text: string }) {
  return <div class="markdown">{drawAll(lexer(text, { gfm: true }))}</div>;
}

const drawAll = (tokens: readonly Token[] = []): ComponentChildren => tokens.map(draw);

/** By type of the token. Types that are not here are shown as their text. */
const DRAWN: Readonly<Record<string, (token: never) => ComponentChildren>> = {
  space: () => null,
  def: () => null,
  hr: () => <hr />,
  br: () => <br />,
  heading: drawHeading,
  paragraph: ({ tokens }: Tokens.Paragraph) => <p>{drawAll(tokens)}</p>,
  blockquote: ({ tokens }: Tokens.Blockquote) => <blockquote>{drawAll(tokens)}</blockquote>,
  code: ({ text }: Tokens.Code) => (
    <pre>
      <code>{text}</code>
    </pre>
  ),
  codespan: ({ text }: Tokens.Codespan) => <code>{text}</code>,
  strong: ({ tokens }: Tokens.Strong) => <strong>{drawAll(tokens)}</strong>,
  em: ({ tokens }: Tokens.Em) => <em>{drawAll(tokens)}</em>,
  del: ({ tokens }: Tokens.Del) => <del>{drawAll(tokens)}</del>,
  escape: ({ text }: Tokens.Escape) => text,
  text: ({ tokens, text }: Tokens.Text) =>
    tokens === undefined ? unescaped(text) : drawAll(tokens),
  link: ({ href, tokens }: Tokens.Link) => <SafeLink href={href}>{drawAll(tokens)}</SafeLink>,
  image: ({ href, text }: Tokens.Image) => (
    <SafeLink href={href}>{viewingWords.value.imageLink(text || href)}</SafeLink>
  ),
  list: drawList,
  table: drawTable,
};

function draw(token: Token): ComponentChildren {
  const drawn = Object.hasOwn(DRAWN, token.type) ? DRAWN[token.type] : undefined;
  return drawn === undefined ? token.raw : drawn(token as never);
}

/** The parser leaves these in text; everything else is text already. */
const ENTITIES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&nbsp;": "\u00a0",
};

const unescaped = (text: string) =>
  text.replace(/&(?:amp|lt|gt|quot|#39|nbsp);/g, (entity) => ENTITIES[entity] ?? entity);

function drawHeading({ depth, tokens }: Tokens.Heading) {
  // The name of the file is the second level.
  const Tag = `h${Math.min(6, depth + 2)}` as "h3";
  return <Tag class={`level-${depth}`}>{drawAll(tokens)}</Tag>;
}

function drawList({ ordered, start, items }: Tokens.List) {
  const drawn = items.map(({ task, checked, tokens }) => (
    <li class={task ? "task" : undefined}>
      {task && (checked === true ? "☑ " : "☐ ")}
      {drawAll(tokens)}
    </li>
  ));
  return ordered ? <ol start={start === "" ? 1 : start}>{drawn}</ol> : <ul>{drawn}</ul>;
}

function drawTable({ header, rows }: Tokens.Table) {
  return (
    <table>
      <thead>
        <tr>
          {header.map(({ tokens }) => (
            <th>{drawAll(tokens)}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((cells) => (
          <tr>
            {cells.map(({ tokens }) => (
              <td>{drawAll(tokens)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface LinkProps {
  readonly href: string;
  readonly children: ComponentChildren;
}

/** A link to another site or a mail. Everything else, such as a script or a place of this server, is shown as text. */
function SafeLink({ href, children }: LinkProps) {
  if (!/^(?:https?:\/\/|mailto:)/i.test(href)) return <span>{children}</span>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}
