import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiTags,
} from '@nestjs/swagger';
import { Public, Scopes } from '@watchword/auth';
import { Refusal } from '@watchword/platform';
import type { Product, ProductPage } from './product.js';
import { ChangeProduct, CreateProduct, ListProducts, ProductPath } from './product-requests.js';
import { ProductStore } from './product-store.js';
import { ProductPageView, ProductView } from './product-view.js';

@ApiTags('products')
@Controller('products')
export class ProductsController {
  constructor(@Inject(ProductStore) private readonly products: ProductStore) {}

  @Public()
  @Get()
  @ApiOkResponse({ type: ProductPageView })
  list(@Query() query: ListProducts): Promise<ProductPage> {
    return this.products.list(query);
  }

  @Public()
  @Get(':sku')
  @ApiOkResponse({ type: ProductView })
  @ApiNotFoundResponse({ description: 'not_found' })
  async read(@Param() { sku }: ProductPath): Promise<Product> {
    return (await this.products.find(sku)) ?? notFound(sku);
  }

  @Scopes('catalog:write')
  @Post()
  @ApiCreatedResponse({ type: ProductView })
  @ApiConflictResponse({ description: 'conflict: the SKU already exists' })
  async create(@Body() { sku, name, description = null, priceCents, currency }: CreateProduct): Promise<Product> {
    const created = await this.products.add({ sku, name, description, priceCents, currency });
    if (created === undefined) throw new Refusal('conflict', 'conflict', `There is already a product ${sku}`);
    return created;
  }

  @Scopes('catalog:write')
  @Patch(':sku')
  @ApiOkResponse({ type: ProductView })
  @ApiNotFoundResponse({ description: 'not_found' })
  async change(@Param() { sku }: ProductPath, @Body() changes: ChangeProduct): Promise<Product> {
    return (await this.products.change(sku, changes)) ?? notFound(sku);
  }

  @Scopes('catalog:write')
  @Delete(':sku')
  @HttpCode(204)
  @ApiNoContentResponse()
  @ApiNotFoundResponse({ description: 'not_found' })
  async remove(@Param() { sku }: ProductPath): Promise<void> {
    if (!(await this.products.remove(sku))) notFound(sku);
  }
}

function notFound(sku: string): never {
  throw new Refusal('not-found', 'not_found', `There is no product ${sku}`);
}
