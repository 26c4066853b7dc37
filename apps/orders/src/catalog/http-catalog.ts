import type { AuthHttpClient } from '@watchword/auth/clients';
import { Refusal } from '@watchword/platform';
import { serviceProblem } from '../downstream/service-problem.js';
import type { Catalog, PricedProduct } from './catalog.js';

/** What a column of four bytes holds. */
const HIGHEST_PRICE_CENTS = 2_147_483_647;

/** Catalog over HTTP, asked as whoever calls this app. */
export class HttpCatalog implements Catalog {
  constructor(private readonly client: Pick<AuthHttpClient, 'json'>) {}

  async products(skus: readonly string[]): Promise<readonly PricedProduct[]> {
    const query = new URLSearchParams({ skus: skus.join(','), limit: String(skus.length) });
    const page = await this.ask(`/products?${query.toString()}`);
    if (!isPage(page))
      throw new Refusal('failed', 'catalog_failed', 'catalog answered what orders does not understand');
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

/** An answer is as little to be trusted as a request: a price that is no whole number must not become an order. */
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
