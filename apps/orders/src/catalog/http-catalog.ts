import type { AuthHttpClient } from '@watchword/auth/clients';
import { Refusal } from '@watchword/platform';
import { serviceProblem } from '../downstream/service-problem.js';
import type { Catalog, PricedProduct } from './catalog.js';

/** The largest value of a 4-byte integer column. */
const HIGHEST_PRICE_CENTS = 2_147_483_647;

/** Calls catalog over HTTP, for the caller of this app. */
export class HttpCatalog implements Catalog {
  constructor(private readonly client: Pick<AuthHttpClient, 'json'>) {}

  async products(skus: readonly string[]): Promise<readonly PricedProduct[]> {
    const query = new URLSearchParams({ skus: skus.join(','), limit: String(skus.length) });
    const page = await this.ask(`/products?${query.toString()}`);
    if (!isPage(page))
      throw new Refusal('failed', 'catalog_failed', 'orders does not understand the response of catalog');
    return page.items;
  }

  private async ask(path: string): Promise<unknown> {
    try {
      return await this.client.json<unknown>(path);
    } catch (error) {
      throw serviceProblem('catalog', error);
    }
  }
}

/** A response is validated like a request: a price that is not an integer must not get into an order. */
function isPage(answer: unknown): answer is { items: PricedProduct[] } {
  return isRecord(answer) && Array.isArray(answer['items']) && answer['items'].every(isPricedProduct);
}

function isPricedProduct(item: unknown): item is PricedProduct {
  return (
    isRecord(item) &&
    typeof item['sku'] === 'string' &&
    typeof item['name'] === 'string' &&
    Number.isSafeInteger(item['priceCents']) &&
    Number(item['priceCents']) >= 0 &&
    Number(item['priceCents']) <= HIGHEST_PRICE_CENTS &&
    typeof item['currency'] === 'string'
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
